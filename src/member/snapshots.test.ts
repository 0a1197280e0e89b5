import { describe, expect, it } from 'vitest'
import type { Chunk, MemberMessage } from './index.js'
import { type Actor, Stage } from './stage.js'

/** A group of three with a state of some megabytes. */
const large = (megabytes: number): { readonly stage: Stage; readonly all: readonly Actor[] } => {
  const stage = new Stage()
  stage.found('abc')
  const all = [...'abc'].map((name) => stage.actor(name))
  for (let i = 0; i < 4 * megabytes; i++) stage.note(all[0] as Actor, `k${i}`, 'x'.repeat(1 << 18))
  stage.settle(...all)
  stage.run(10_000)
  return { stage, all }
}

const chunksFrom = (actor: Actor, to: Actor): readonly Chunk[] =>
  actor.journal.flatMap(({ messages }) =>
    messages.flatMap(({ to: id, message }) => (id === to.id && message.kind === 'chunk' ? [message] : [])),
  )

describe('a snapshot', () => {
  it('comes in chunks, says how far it is, and is made and sent a little at a time', () => {
    const { stage, all } = large(5)
    const d = stage.join('d')
    const seen: number[] = []
    stage.until(() => {
      const { snapshot } = d.status
      if (snapshot !== undefined) seen.push(snapshot.done / snapshot.bytes)
      return d.status.role === 'observer'
    }, 'd observes')
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
    expect(seen.filter((done) => done > 0.1 && done < 0.9).length).toBeGreaterThan(3)
    const perReady = all.flatMap(({ journal }) =>
      journal.map((ready) => ready.messages.filter(({ message }) => message.kind === 'chunk').length),
    )
    expect(Math.max(...perReady)).toBe(16)
    stage.settle(d, ...all)
  })

  it('arrives whole over a link that loses a third of everything', () => {
    const { stage, all } = large(3)
    stage.loses = () => stage.random() < 1 / 3
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd observes', 120_000)
    stage.settle(d, ...all)
  })

  it('goes on with another member that has the same one, where it was cut off', () => {
    const { stage, all } = large(4)
    const d = stage.join('d')
    const half = (): boolean => (d.status.snapshot?.done ?? 0) > (d.status.snapshot?.bytes ?? 0) / 2
    stage.until(half, 'half of it has come')
    const [server, ...others] = all.toSorted(
      (one, other) => chunksFrom(other, d).length - chunksFrom(one, d).length,
    ) as [Actor, Actor, Actor]
    const first = chunksFrom(server, d).length
    stage.crash(server)
    stage.until(() => d.status.role === 'observer', 'd observes')
    expect(d.events('installed')).toMatchObject([{ resumed: true }])
    const second = others.reduce((sum, other) => sum + chunksFrom(other, d).length, 0)
    const chunks = Math.ceil((d.events('installed')[0]?.bytes ?? 0) / (1 << 16))
    expect(second).toBeLessThan(chunks - first + 20)
    stage.settle(d, ...others)
  })

  it('is made once for all who ask at about the same time', () => {
    const { stage, all } = large(2)
    const joining = [...'def'].map((name) => stage.join(name))
    stage.until(() => joining.every(({ status }) => status.role === 'observer'), 'all observe')
    const names = new Set(
      all.flatMap(({ name, journal }) =>
        journal.flatMap(({ messages }) =>
          messages.flatMap(({ message }) => (message.kind === 'offer' ? [`${name}${message.snapshot}`] : [])),
        ),
      ),
    )
    expect(names.size).toBe(1)
  })

  it('is got elsewhere where the member that was asked says nothing', () => {
    const { stage, all } = large(1)
    stage.loses = (from, _to, { kind }) => from === 'a' && (kind === 'offer' || kind === 'chunk')
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd observes')
    expect(d.events('installed')[0]?.from).not.toBe(all[0]?.id)
  })

  it('is made anew for who comes later', () => {
    const { stage, all } = large(1)
    const [a] = all as [Actor]
    for (const [name, wait] of [
      ['d', 20_000],
      ['e', 0],
    ] as const) {
      const joining = stage.join(name)
      stage.until(() => joining.status.role === 'observer', `${name} observes`)
      stage.note(a, 'k', name)
      stage.run(wait)
    }
    const executed = [...'de'].map((name) => stage.actor(name).events('installed')[0]?.executed.frontier[0])
    expect(executed[1]).toBe((executed[0] as number) + 1)
  })

  it('is given up with a member that sends it damaged, and got elsewhere', () => {
    const { stage, all } = large(1)
    const d = stage.join('d')
    let damaged: string | undefined
    stage.loses = (from: string, _to: string, message: MemberMessage) => {
      if (message.kind !== 'chunk') return false
      damaged ??= from
      if (from === damaged) message.bytes[5] = (message.bytes[5] as number) ^ 1
      return false
    }
    stage.until(() => d.status.role === 'observer', 'd observes')
    expect(d.events('installed')[0]?.from).not.toBe(all.find(({ name }) => name === damaged)?.id)
    stage.settle(d, ...all)
  })

  it('is asked for again where who made it is gone, or has forgotten it', () => {
    const { stage, all } = large(2)
    const d = stage.join('d')
    stage.until(() => (d.status.snapshot?.done ?? 0) > 0, 'the first chunk has come')
    stage.loses = (_from, to) => to === 'd'
    stage.run(30_000)
    stage.loses = () => false
    stage.until(() => d.status.role === 'observer', 'd observes')
    stage.settle(d, ...all)
  })

  it('holds up nobody who proposes meanwhile', () => {
    const { stage, all } = large(3)
    const d = stage.join('d')
    let count = 0
    stage.until(() => {
      stage.note(all[count % 3] as Actor, `l${count % 5}`, String(count++))
      return d.status.role === 'observer'
    }, 'd observes')
    stage.settle(d, ...all)
    expect(count).toBeGreaterThan(20)
  })
})
