import { afterEach, describe, expect, it } from 'vitest'
import { ballotOf, type Message, write } from '../core/index.js'
import { localNetwork } from '../transport/local.js'
import { hostilePackets } from '../wire/hostile.js'
import { decodePacket, encodePacket } from '../wire/index.js'
import { closeAll, contents, mapOf, relayRoom, Servers, until } from './stage.js'

afterEach(closeAll)

describe('a room with a member that sends nonsense', () => {
  it('counts and drops it, and soon listens to it no more; the honest two go on', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const [a, b] = [await servers.start(0), await servers.start(1)]
    const self = { replica: servers.ids[2] as string, incarnation: 1 }
    const link = transport({ room: relayRoom(a), self, relay: undefined })
    const start = { count: 1, nonce: 'e'.repeat(32), batches: 0 }
    link.onMessage((from, bytes) => {
      const packet = decodePacket(bytes)
      if (packet.kind === 'greeting') link.send(from, encodePacket({ ...packet, start, earlier: [], answer: true }))
    })
    await mapOf(a).set('before', 1)
    for (const room of [a, b]) await until(room, ({ members }) => members.every(({ durable }) => durable !== undefined))

    // Well formed, and no voter of this group can have sent it.
    const lies = lieMessages(2)
    const { group } = servers
    const lying = encodePacket({ kind: 'messages', group, incarnation: 1, batches: 0, messages: lies })
    for (const peer of link.status().peers) link.send(peer, lying)
    for (const room of [a, b]) await until(room, ({ refused }) => refused.messages === lies.length)
    for (const room of [a, b]) expect(room.status.get().refused.cutOff).toEqual([])

    let sent = 0
    for (const packet of hostilePackets()) {
      sent++
      for (const peer of link.status().peers) link.send(peer, packet)
    }
    await mapOf(a).set('after', 1)
    expect(await mapOf(b).get('after')).toBe(1)
    expect(contents(b)).toEqual({ after: 1, before: 1 })
    for (const room of [a, b]) {
      const { refused } = await until(room, ({ refused }) => refused.packets + refused.cut === sent)
      expect(refused).toMatchObject({ strangers: 0, messages: lies.length })
      expect(refused.cut).toBeGreaterThan(refused.packets)
      expect(refused.cutOff).toEqual([{ member: self.replica, reason: 'unreadable' }])
    }
    link.close()
  })
})

/** One message for each thing that the wire can't know to be wrong. `slot` is the liar's. */
const lieMessages = (slot: number): Message[] => {
  const other = (slot + 1) % 3
  const value = {
    kind: 'commands',
    commands: [
      {
        spans: [write('k')],
        payload: new Uint8Array(),
        session: '0'.repeat(32),
        sequence: 1,
        acknowledged: 0,
        after: [],
      },
    ],
  } as const
  const at = (number: number, row = slot) => ({ epoch: 0, instance: { slot: row, number } })
  const row = { epoch: 0, slot, from: 1, to: 2 }
  const ballot = 16 + slot
  const theirs = 16 + other
  return [
    // An end of the epoch, with dependencies of another group's size; rows that aren't there; a row of somebody else; dependencies of another group's size.
    {
      kind: 'sealed',
      epoch: 0,
      next: { number: 1, voters: ['a'.repeat(32)], wireVersion: 4, stateVersion: 1 },
      committed: [0, 0, 0, 0],
    },
    { kind: 'pre-accept', ...at(1, 3), value, deps: [0, 0, 0] },
    { kind: 'pre-accept', ...at(1, other), value, deps: [0, 0, 0] },
    { kind: 'pre-accept', ...at(1), value, deps: [0, 0] },
    // Itself among its dependencies; numbers that nobody can have reached.
    { kind: 'pre-accept', ...at(1), value, deps: [9, 9, 9] },
    { kind: 'pre-accept', ...at(2 ** 40), value, deps: [0, 0, 0] },
    { kind: 'commit', ...at(1), value, deps: [2 ** 40, 2 ** 40, 2 ** 40] },
    // Ballots of others.
    { kind: 'accept', ...at(1, other), ballot: 0, value, deps: [0, 0, 0] },
    { kind: 'accept', ...at(1), ballot: theirs, value, deps: [0, 0, 0] },
    { kind: 'recover', ...row, ballot: theirs },
    // A ballot that would leave none above it.
    { kind: 'recover', ...row, ballot: ballotOf(2 ** 31, slot) },
    // A row that isn't there.
    { kind: 'recover', ...row, slot: 5, ballot },
    { kind: 'nack', ...at(1), ballot: ballotOf(2 ** 31, slot) },
    { kind: 'validate', ...at(1), ballot: theirs, value, deps: [0, 0, 0] },
    { kind: 'validate-ok', ...at(1, other), ballot, conflicts: [{ slot: 8, number: 1, committed: true }] },
    { kind: 'fetch', epoch: 0, slot: 5, from: 1, to: 2 },
    {
      kind: 'frontier',
      epoch: 0,
      last: 0,
      committed: [0, 0, 0, 0],
      executed: [0, 0, 0, 0],
      mark: { floor: [0, 0, 0, 0], last: 0 },
    },
  ]
}
