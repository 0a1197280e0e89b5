import { describe, expect, it } from 'vitest'
import type { PeerDiagnosis, RoomMember, RoomStatus } from '../room/index.js'
import { roomStatus } from '../testing/index.js'
import { factsOf, healthInWords, healthOf, membersOf, noTraceOf } from './words.js'

const well = roomStatus()
const [a, b, c] = well.members as readonly [RoomMember, RoomMember, RoomMember]
const [A, B, C] = [a.id, b.id, c.id]

const facts = (changes: Partial<RoomStatus>): Record<string, string> =>
  Object.fromEntries(factsOf(roomStatus(changes)).map(({ name, text }) => [name, text]))

const peer = (id: string, changes: Partial<PeerDiagnosis> = {}): PeerDiagnosis => ({
  id,
  findings: [],
  path: 'webrtc',
  direct: undefined,
  sealed: true,
  introduced: true,
  silentMs: 20,
  ...changes,
})

describe('facts', () => {
  it('of a room that is well name role, epoch, quorum, what may be lost, storage and relay, and nothing that is not so', () => {
    expect(facts({})).toEqual({
      'This member': 'aaaa, voter',
      Epoch: 'no. 2, with 3 voters',
      Quorum: '3 of 3 voters are here: one round trip is enough where nothing interferes',
      'May be lost': '1 of 3 voters',
      Waiting: 'nothing',
      Storage: 'durable',
      Relay: 'open',
    })
  })

  it('say which path is left, and at last that changes wait, with what may be lost left out', () => {
    expect(facts({ quorum: 'slow', suspected: [C], survives: 0 })).toMatchObject({
      Quorum: '2 of 3 voters are here: every change takes a second round trip',
      'May be lost': 'none of 3 voters',
    })
    const none = facts({
      quorum: 'none',
      suspected: [B, C],
      survives: 0,
      pending: 2,
      waiting: 'too few voters are here',
    })
    expect(none).toMatchObject({
      Quorum: '1 of 3 voters are here: too few, so changes wait',
      Waiting: '2 changes: too few voters are here',
    })
    expect(none).not.toHaveProperty('May be lost')
  })

  it('of a room with one voter say that it decides alone, and that the room stops with it', () => {
    expect(facts({ voters: [A], members: [a], survives: 0 })).toMatchObject({
      Epoch: 'no. 2, with 1 voter',
      Quorum: 'the one voter is here, and decides alone',
      'May be lost': 'none: the room stops when its one voter goes',
    })
  })

  it('of a lone voter that can not decide do not say that it does', () => {
    const alone = facts({ voters: [A], members: [a], suspected: [A], quorum: 'none', survives: 0 })
    expect(alone).toMatchObject({ Quorum: '0 of 1 voters are here: too few, so changes wait' })
  })

  it('of one change that waits are told in the singular', () => {
    expect(facts({ pending: 1 }).Waiting).toBe('1 change')
  })

  it('of a member that takes no part say nothing of a quorum, and why', () => {
    const stopped = facts({ role: 'stopped', reason: 'its storage has failed' })
    expect(stopped).toMatchObject({ 'This member': 'aaaa, stopped: its storage has failed' })
    expect(stopped).not.toHaveProperty('Quorum')
    expect(stopped).not.toHaveProperty('May be lost')
    expect(facts({ role: 'observer' })).toMatchObject({ Quorum: facts({}).Quorum, 'May be lost': '1 of 3 voters' })
    expect(facts({ role: 'joining', epoch: undefined, voters: [] })).not.toHaveProperty('Epoch')
  })

  it('of a member that has ended leave out how it was connected', () => {
    for (const role of ['stopped', 'retired', 'closed'] as const) expect(facts({ role })).not.toHaveProperty('Relay')
  })

  it('tell of a guest tab that the member is elsewhere', () => {
    expect(facts({ tab: 'guest' })['This member']).toBe('aaaa, voter, in another tab that this one uses')
  })

  it.each([
    [{ durable: false, persisted: undefined, error: undefined, quarantined: [] }, 'in memory: gone with this page'],
    [
      { durable: true, persisted: false, error: undefined, quarantined: [B] },
      'durable, but the browser may evict it when space runs out; 1 earlier left aside, since not to be trusted',
    ],
    [{ durable: true, persisted: true, error: 'no space', quarantined: [] }, 'a write has failed: no space'],
    [{ durable: true, persisted: undefined, error: undefined, quarantined: [] }, 'durable'],
    [
      { durable: false, persisted: undefined, error: undefined, quarantined: [B, C] },
      'in memory: gone with this page; 2 earlier left aside, since not to be trusted',
    ],
    [
      { durable: true, persisted: true, error: 'no space', quarantined: [B] },
      'a write has failed: no space; 1 earlier left aside, since not to be trusted',
    ],
  ])('of a storage, %j, say what it is worth', (storage, said) => {
    expect(facts({ storage }).Storage).toBe(said)
  })

  it('name what was refused, and who is cut off, by their numbers', () => {
    const refused = { packets: 2, messages: 3, strangers: 1, cut: 4, cutOff: [{ member: B, reason: 'packet-rate' }] }
    expect(facts({ refused: refused as RoomStatus['refused'] }).Refused).toBe(
      '2 unreadable, 3 impossible, 1 of strangers, 4 of members that are cut off, bbbb is cut off (packet-rate)',
    )
  })

  it('tell what is behind, and why the relay is not open', () => {
    const link = { ...well.link, state: 'reconnecting', reason: 'relay-unreachable' } as const
    expect(facts({ behind: 1, link })).toMatchObject({
      Behind: '1 instance whose outcome is not known here yet',
      Relay: 'reconnecting: relay-unreachable',
    })
  })
})

describe('health', () => {
  it('is that of the quorum, and idle where a member takes no part', () => {
    expect([healthOf(well), healthInWords(well)]).toEqual(['fast', 'all is well'])
    const none = roomStatus({ quorum: 'none' })
    expect([healthOf(none), healthInWords(none)]).toEqual(['none', 'stands still'])
    const slow = roomStatus({ quorum: 'slow' })
    expect([healthOf(slow), healthInWords(slow)]).toEqual(['slow', 'some are away'])
    const joining = roomStatus({ quorum: 'none', role: 'joining' })
    expect([healthOf(joining), healthInWords(joining)]).toEqual(['idle', 'joining'])
  })
})

describe('members', () => {
  it('come voters first, each with how it is reached, and when it was heard of where that is known', () => {
    const members = [{ ...a, id: '0'.repeat(32), role: 'observer', durable: false } as const, ...well.members]
    const diagnosis = { findings: [], peers: [peer(B, { silentMs: 4200 }), peer(C, { path: 'relay', silentMs: 90 })] }
    expect(membersOf(roomStatus({ members }), diagnosis).map(({ name, text }) => `${name} ${text}`)).toEqual([
      'aaaa voter · this member',
      'bbbb voter · direct, over WebRTC · heard 4 s ago',
      'cccc voter · over the relay · heard just now',
      '0000 observer · away · in memory',
    ])
  })

  it('are reached as the last diagnosis found, or as the links were before the first one', () => {
    const reachedBy = (...peers: readonly PeerDiagnosis[]) =>
      membersOf(well, { findings: [], peers }).map(({ reached }) => reached)
    expect(reachedBy(peer(B, { path: 'relay' }))).toEqual(['self', 'relay', 'relay'])
    expect(membersOf(well, undefined).map(({ reached }) => reached)).toEqual(['self', 'webrtc', 'relay'])
  })

  it('are told how long ago each other one was heard of, in minutes once it is long, and whether it is only in memory', () => {
    const members = [a, { ...b, durable: undefined }, { ...c, durable: false }]
    const peers = [peer(A), peer(B, { silentMs: 150_000 })]
    expect(membersOf({ ...well, members }, { findings: [], peers }).map(({ text }) => text)).toEqual([
      'voter · this member',
      'voter · direct, over WebRTC · heard 2 min ago',
      'voter · over the relay · in memory',
    ])
  })

  it('of a room that this one has left are told without how they were reached', () => {
    const lines = membersOf(roomStatus({ role: 'closed' }), { findings: [], peers: [peer(B)] })
    expect(lines.map(({ text, reached }) => [text, reached])).toEqual([
      ['voter · this member', 'away'],
      ['voter', 'away'],
      ['voter', 'away'],
    ])
  })

  it('that are silent are away, however they were reached', () => {
    const members = [a, { ...b, silent: true }]
    expect(membersOf(roomStatus({ members }), undefined).map(({ reached }) => reached)).toEqual(['self', 'away'])
  })
})

it('instances can be drawn where there is a state, in the tab that is the member', () => {
  expect(noTraceOf(well)).toBeUndefined()
  expect(noTraceOf(roomStatus({ tab: 'guest' }))).toContain('another tab')
  expect(noTraceOf(roomStatus({ role: 'joining' }))).toContain('no state')
})
