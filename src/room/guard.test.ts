import { describe, expect, it } from 'vitest'
import { MAX_WANTED_CHUNKS } from '../member/index.js'
import { type Cut, PeerGuard } from './guard.js'

const PEER = 'a'.repeat(32)
const OTHER = 'b'.repeat(32)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const guarded = (): { readonly guard: PeerGuard; readonly cuts: Cut[] } => {
  const cuts: Cut[] = []
  return { guard: new PeerGuard((cut) => cuts.push(cut)), cuts }
}

/** Breaks rules until it is cut off. @returns how often */
const misbehave = (guard: PeerGuard, nowMs: number, peer: string = PEER): number => {
  for (let times = 1; ; times++) {
    guard.broke(peer, 'unreadable', nowMs)
    if (guard.cut(peer, nowMs) !== undefined) return times
  }
}

describe('what members send', () => {
  it('a snapshot and a catch-up at once pass at the highest speed that a member sends them at', () => {
    const { guard } = guarded()
    for (let nowMs = 0; nowMs < MINUTE_MS; nowMs += 25) {
      for (let chunk = 0; chunk < MAX_WANTED_CHUNKS; chunk++) expect(guard.admit(PEER, 65_700, nowMs)).toBe('ok')
      for (let packet = 0; packet < 9; packet++) expect(guard.admit(PEER, 131_072, nowMs)).toBe('ok')
    }
  })

  it('what a hundred thousand small packets hold passes at once, after a sleep', () => {
    const { guard } = guarded()
    guard.admit(PEER, 100, 0)
    for (let i = 0; i < 100_000; i++) expect(guard.admit(PEER, 300, HOUR_MS)).toBe('ok')
  })

  it('a largest packet behind another passes', () => {
    const { guard } = guarded()
    for (let i = 0; i < 32; i++) expect(guard.admit(PEER, 9 << 20, 0)).toBe('ok')
  })
})

describe('a peer that breaks the rules', () => {
  it('is cut off once it sends more packets than anybody has to say, and others are not', () => {
    const { guard, cuts } = guarded()
    let sent = 0
    while (guard.admit(PEER, 10, 5) === 'ok') sent++
    expect(sent).toBe(200_000)
    const cut = { member: PEER, reason: 'packet-rate', untilMs: 5 + MINUTE_MS }
    expect(guard.admit(PEER, 10, 6)).toEqual(cut)
    expect(cuts).toEqual([cut])
    expect(guard.cuts(6)).toEqual([cut])
    expect(guard.admit(OTHER, 10, 6)).toBe('ok')
  })

  it('is cut off once it sends more bytes', () => {
    const { guard } = guarded()
    let sent = 0
    while (guard.admit(PEER, 1 << 20, 0) === 'ok') sent++
    expect(sent).toBe(512)
    expect(guard.cut(PEER, 0)).toMatchObject({ reason: 'byte-rate' })
  })

  it.each(['unreadable', 'impossible'] as const)('is cut off after thirty-two %s ones within moments', (rule) => {
    const { guard, cuts } = guarded()
    for (let i = 1; i < 32; i++) guard.broke(PEER, rule, i)
    expect(guard.admit(PEER, 1, 32)).toBe('ok')
    for (let i = 0; i < 100; i++) guard.broke(PEER, rule, 33)
    expect(cuts).toEqual([{ member: PEER, reason: rule, untilMs: 33 + MINUTE_MS }])
  })

  it('is not cut off for what goes wrong every few seconds', () => {
    const { guard, cuts } = guarded()
    for (let nowMs = 0; nowMs < HOUR_MS; nowMs += 2000) guard.broke(PEER, 'impossible', nowMs)
    expect(cuts).toEqual([])
  })

  it('is listened to again when its time is over', () => {
    const { guard } = guarded()
    misbehave(guard, 0)
    expect(guard.admit(PEER, 1, MINUTE_MS - 1)).not.toBe('ok')
    expect(guard.admit(PEER, 1, MINUTE_MS)).toBe('ok')
    expect(guard.cuts(MINUTE_MS)).toEqual([])
  })

  it('is cut off twice as long each time, up to an hour', () => {
    const { guard, cuts } = guarded()
    let nowMs = 0
    for (let times = 0; times < 9; times++) {
      misbehave(guard, nowMs)
      nowMs = guard.cut(PEER, nowMs)?.untilMs ?? 0
    }
    const lengths = cuts.map(({ untilMs }, i) => untilMs - (cuts[i - 1]?.untilMs ?? 0))
    expect(lengths.map((ms) => ms / MINUTE_MS)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  it('begins anew when it has behaved for some hours', () => {
    const { guard } = guarded()
    misbehave(guard, 0)
    misbehave(guard, MINUTE_MS)
    const laterMs = 5 * HOUR_MS
    misbehave(guard, laterMs)
    expect(guard.cut(PEER, laterMs)?.untilMs).toBe(laterMs + MINUTE_MS)
  })

  it('takes no more memory for calling itself something else each time', () => {
    const { guard } = guarded()
    misbehave(guard, 0)
    for (let i = 0; i < 5000; i++) guard.admit(i.toString(16).padStart(32, '0'), 1, 1)
    // Who is cut off stays so.
    expect(guard.cut(PEER, 1)).toBeDefined()
    for (let i = 0; i < 2000; i++) misbehave(guard, 2, i.toString(16).padStart(32, '0'))
    expect(guard.cuts(2).length).toBe(1024)
  })
})
