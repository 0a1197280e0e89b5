import { describe, expect, it } from 'vitest'
import type { Configuration, ExecutedSet } from '../core/index.js'
import { ExactlyOnce } from '../state/index.js'
import { crc32, Member, type MemberEnvelope, type Offer } from './index.js'
import { GROUP, idOf, Notes, note } from './stage.js'

const configuration: Configuration = { number: 1, voters: ['a', 'b'].map(idOf), wireVersion: 4, stateVersion: 1 }
const executed: ExecutedSet = { frontier: [5, 2], beyond: [[7], []] }

const offer = (header: Partial<Offer['header']>): Offer => ({
  kind: 'offer',
  snapshot: 1,
  header: { configuration, executed, bytes: 10, checksums: [1], ...header },
})

/** A member that has executed that, or has no state where it is undefined; what it says is heard only from `said`. */
const memberWith = (
  has: ExecutedSet | undefined,
): { readonly member: Member; readonly said: (at: number) => readonly MemberEnvelope[] } => {
  const standing = { durable: true, place: idOf('d'), ageMs: 0, stateVersions: [1, 1], wireVersions: [4, 4] } as const
  const member = new Member({
    id: idOf('d'),
    group: GROUP,
    standing,
    configuration: has && configuration,
    ...(has && { executed: has }),
    machine: new ExactlyOnce(new Notes(1)),
    durable: true,
    random: () => 0.5,
    policy: undefined,
  })
  const said = (at: number): readonly MemberEnvelope[] => {
    member.tick(at)
    const all: MemberEnvelope[] = []
    for (let ready = member.ready(); ready !== undefined; ready = member.ready()) all.push(...ready.messages)
    return all.filter(({ message }) => message.kind === 'want-snapshot' || message.kind === 'want-chunks')
  }
  member.tick(0)
  for (const name of 'ab') member.met(idOf(name), standing, configuration)
  return { member, said }
}

/** An observer that has learned from `a` that what it misses is dropped: it asks there for a snapshot. */
const lost = (): ReturnType<typeof memberWith> => {
  const it = memberWith(executed)
  it.member.step(idOf('a'), { kind: 'gone', epoch: 1, slot: 0, upTo: 10 })
  expect(it.said(50)).toEqual([{ to: idOf('a'), message: { kind: 'want-snapshot', cut: undefined } }])
  return it
}

describe('a snapshot that is offered', () => {
  it('is fetched where it contains all that was executed here, and more', () => {
    for (const more of [
      { frontier: [7, 2], beyond: [[], []] },
      { frontier: [4, 9], beyond: [[5, 7, 9], []] },
    ]) {
      const { member, said } = lost()
      member.step(idOf('a'), offer({ executed: more }))
      expect(said(100)).toEqual([{ to: idOf('a'), message: { kind: 'want-chunks', snapshot: 1, from: 0, to: 0 } }])
    }
  })

  it.each([
    ['holds no more than is here', {}],
    ['lacks some of a row', { executed: { frontier: [5, 1], beyond: [[7], []] } }],
    ['lacks what was executed before its time', { executed: { frontier: [6, 2], beyond: [[], []] } }],
    ['has a hole', { executed: { frontier: [4, 2], beyond: [[7], []] } }],
    ['is of an epoch before this', { configuration: { ...configuration, number: 0 } }],
    [
      'is no start of an epoch that this member votes in [H18]',
      { configuration: { ...configuration, number: 2, voters: [idOf('a'), idOf('d')] } },
    ],
    ['has a row too many', { executed: { frontier: [5, 2, 0], beyond: [[7], [], []] } }],
    ['can’t be in so few chunks', { bytes: 70_000 }],
    ['is nothing', { bytes: 0, checksums: [] }],
  ])('is left, and another member asked, where it %s', (_, header) => {
    const { member, said } = lost()
    member.step(idOf('a'), offer(header))
    expect(said(100)).toEqual([{ to: idOf('b'), message: { kind: 'want-snapshot', cut: undefined } }])
    expect(member.status().role).toBe('observer')
  })

  it('is not installed any more where all that it holds was executed before it had come', () => {
    const { member, said } = lost()
    const [bytes = new Uint8Array()] = new ExactlyOnce(new Notes(1)).snapshot()
    const more = { frontier: [5, 3], beyond: [[7], []] }
    member.step(idOf('a'), offer({ executed: more, bytes: bytes.length, checksums: [crc32(bytes)] }))
    expect(said(100)).toHaveLength(1)
    // In one turn comes the last chunk, and what it held besides, and still more.
    for (const number of [3, 4]) {
      const value = { kind: 'commands', commands: [note('d', number, 'k', 'x')] } as const
      member.step(idOf('b'), { kind: 'commit', epoch: 1, instance: { slot: 1, number }, value, deps: [0, number - 1] })
    }
    member.step(idOf('a'), { kind: 'chunk', snapshot: 1, index: 0, bytes })
    const events = []
    for (let ready = member.ready(); ready !== undefined; ready = member.ready()) events.push(...ready.events)
    expect(events.map(({ kind }) => kind)).not.toContain('installed')
    expect(member.status()).toMatchObject({ role: 'observer', replica: { executed: [5, 4] } })
  })

  it('stops a member that was a voter and has no state any more [H14]', () => {
    const { member, said } = memberWith(undefined)
    expect(said(50)).toHaveLength(1)
    member.step(idOf('a'), offer({ configuration: { ...configuration, voters: [idOf('a'), idOf('d')] } }))
    expect(member.status()).toMatchObject({ role: 'stopped', reason: expect.stringContaining('lost its storage') })
  })

  it('stops a member whose code is too old; of an older state it says so, and waits', () => {
    const old = memberWith(undefined)
    old.said(50)
    old.member.step(idOf('a'), offer({ configuration: { ...configuration, stateVersion: 2 } }))
    expect(old.member.status()).toMatchObject({
      role: 'stopped',
      reason: expect.stringContaining('update this program'),
    })
    const young = memberWith(undefined)
    young.said(50)
    young.member.step(idOf('a'), offer({ configuration: { ...configuration, stateVersion: 0 } }))
    expect(young.member.status()).toMatchObject({ role: 'joining', reason: expect.stringContaining('too new') })
  })
})
