import { describe, expect, it } from 'vitest'
import type { Command } from '../../core/index.js'
import { ExactlyOnce, replicatedMap, rosterCommand } from '../../state/index.js'
import { memory } from '../../storage/memory.js'
import { encodeHex } from '../../wire/index.js'
import { Membership } from './membership.js'
import { RoomKeys } from './room-keys.js'

const [A, B, C, D, GROUP] = ['a', 'b', 'c', 'd', 'f'].map((letter) => letter.repeat(32)) as [
  string,
  string,
  string,
  string,
  string,
]

/** One log for all, in which stands what is proposed, in that order; each member executes it when it is told to. */
class Group {
  readonly log: Command[] = []
  voters: readonly string[]

  constructor(...voters: readonly string[]) {
    this.voters = voters
  }

  async member(id: string) {
    const keys = await RoomKeys.open(await memory().open(GROUP, id), id, {
      group: GROUP,
      key: 0,
      secret: '5'.repeat(32),
      relay: undefined,
    })
    const executor = new ExactlyOnce(replicatedMap().create())
    const present = new Map<string, Uint8Array>()
    let removed = false
    let executed = 0
    keys.attend({
      roster: () => executor.roster,
      removed: () => {
        removed = true
      },
      refused: () => {},
      failed: (cause) => {
        throw cause
      },
    })
    const membership = new Membership(
      { self: id, durable: true, random: Math.random, keys },
      {
        executed: () => executor,
        configuration: () => ({ number: 0, voters: this.voters, wireVersion: 1, stateVersion: 1 }),
        online: () => true,
        propose: (command) => void this.log.push(command),
        present: () => new Map(present),
        removed: () => {
          removed = true
        },
        failed: (cause) => {
          throw cause
        },
      },
    )
    /** Executes all there is, and looks. */
    const look = (nowMs: number): void => {
      const commands = this.log.slice(executed)
      executed = this.log.length
      for (const command of commands) executor.execute({ kind: 'commands', commands: [command] })
      membership.look(nowMs)
    }
    return { id, keys, membership, present, executor, look, wasRemoved: () => removed }
  }
}

/** Secrets are wrapped by the platform, elsewhere. */
const until = async (come: () => boolean): Promise<void> => {
  while (!come()) await new Promise((resolve) => setImmediate(resolve))
}

/** Three voters that have registered. */
const three = async () => {
  const group = new Group(A, B, C)
  const members = [await group.member(A), await group.member(B), await group.member(C)] as const
  for (let round = 0; round < 2; round++) for (const { look } of members) look(round)
  return { group, members }
}

describe('a removal', () => {
  it('ends with a secret that the removed one is not told', async () => {
    const { group, members } = await three()
    const [a, b, c] = members
    const removal = a.membership.remove(C)
    group.voters = [A, B]
    a.look(10)
    await until(() => group.log.length === 5)
    for (const each of [a, b, c]) each.look(20)
    await until(() => a.keys.current.number === 1 && b.keys.current.number === 1)
    a.look(30)
    await removal
    expect(b.keys.current).toEqual(a.keys.current)
    expect(c.keys.current.number).toBe(0)
    expect(c.wasRemoved()).toBe(true)
  })

  it('is finished by another member where the one that asked for it is gone before there is a new secret', async () => {
    const { group, members } = await three()
    const [a, b, c] = members
    const removal = a.membership.remove(C).catch(() => 'gone')
    a.membership.ended('it crashed')
    expect(await removal).toBe('gone')
    group.voters = [A, B]
    b.look(1000)
    b.look(10_999)
    expect(group.log.length).toBe(4)
    b.look(11_000)
    await until(() => group.log.length === 5)
    b.look(12_000)
    await until(() => b.keys.current.number === 1)
    c.look(12_000)
    expect(c.wasRemoved()).toBe(true)
    expect(c.keys.current.number).toBe(0)
    expect(b.executor.roster.knowing.size).toBe(0)
  })

  it('tells nothing to who came after the removed one could have sent it', async () => {
    const { group, members } = await three()
    const [a] = members
    const guest = await group.member(D)
    a.present.set(guest.id, guest.keys.publicKey)
    const removal = a.membership.remove(C)
    a.look(10)
    const late = 'e'.repeat(32)
    a.present.set(late, guest.keys.publicKey)
    group.voters = [A, B]
    a.look(20)
    await until(() => group.log.length === 5)
    a.look(30)
    await until(() => a.keys.current.number === 1)
    a.look(40)
    await removal
    const told = a.executor.roster.change?.wrapped.map(([id]) => id)
    expect(told).toContain(D)
    expect(told).not.toContain(late)
  })

  it('of one another leaves one of the two', async () => {
    const { group, members } = await three()
    const [a, b, c] = members
    const removals = [a.membership.remove(B), b.membership.remove(A).catch((error: unknown) => String(error))]
    a.look(10)
    b.look(10)
    group.voters = [A, C]
    for (const { look } of [a, b, c]) look(20)
    await until(() => group.log.length === 6)
    for (const { look } of [a, b, c]) look(30)
    await until(() => c.keys.current.number === 1 && a.keys.current.number === 1)
    a.look(40)
    expect([a, b, c].map(({ wasRemoved }) => wasRemoved())).toEqual([false, true, false])
    b.membership.ended('removed')
    expect(await Promise.all(removals)).toEqual([undefined, 'NotAMember: nothing can be proposed here: removed'])
    expect(c.keys.current).toEqual(a.keys.current)
  })

  it('of what can be no member is refused at once, and proposed to nobody', async () => {
    const { group, members } = await three()
    const before = group.log.length
    await expect(members[0].membership.remove('nobody')).rejects.toThrow(TypeError)
    expect(group.log.length).toBe(before)
  })
})

it('a member registers once: where there are more than places, they do not take turns for ever', async () => {
  const group = new Group(A)
  const a = await group.member(A)
  a.look(0)
  a.look(1)
  expect(a.executor.roster.registered.get(A)).toBe(encodeHex(a.keys.publicKey))
  for (let n = 0; n < 256; n++) {
    const member = n.toString(16).padStart(32, '0')
    const command = rosterCommand({ kind: 'register', member, publicKey: encodeHex(a.keys.publicKey) })
    group.log.push({ ...command, session: member, sequence: 1, acknowledged: 0, after: [] })
  }
  const before = group.log.length
  a.look(100_000)
  a.look(200_000)
  expect(a.executor.roster.registered.has(A)).toBe(false)
  expect(group.log.length).toBe(before)
})
