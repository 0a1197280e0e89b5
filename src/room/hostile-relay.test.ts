import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Address, type KeyRing, sealedLink } from '../transport/index.js'
import { webSocket } from '../transport/websocket.js'
import { hexToBytes } from '../wire/index.js'
import { hexOf, RecordingRelay } from './hostile.js'
import { createRoom, openRoom, parseInvite } from './index.js'
import { relayRoom } from './relay-room.js'
import { closeAll, contents, type MapRoom, mapOf, overRelay, threeOverRelay, toBeClosed, until } from './stage.js'

let relay: RecordingRelay
beforeEach(async () => {
  vi.stubGlobal('WebSocket', WebSocket)
  relay = await RecordingRelay.start()
})
afterEach(async () => {
  await closeAll()
  await relay.close()
  vi.unstubAllGlobals()
})

type Refused = 'forged' | 'replayed' | 'outdated' | 'unmet'

const refusedBy = ({ status }: MapRoom, ...why: readonly Refused[]): number => {
  const { sealed } = status.get().link
  return why.reduce((sum, one) => sum + (sealed?.[one] ?? 0), 0)
}

/** What is brought is refused, one by one, for one of these reasons; and the state is as it was. */
const refuses = async (room: MapRoom, count: number, why: readonly Refused[], bring: () => void): Promise<void> => {
  // All that was executed elsewhere is executed here, too.
  await mapOf(room).get('x')
  const [state, before] = [contents(room), refusedBy(room, ...why)]
  bring()
  await until(room, () => refusedBy(room, ...why) >= before + count)
  expect(contents(room)).toEqual(state)
}

describe('a relay that records', () => {
  it('reads nothing: neither state nor mutators, neither group nor secret', async () => {
    const [first, second] = await threeOverRelay(relay.url)
    await mapOf(first).set('the combination', 'left 7 right 11')
    await mapOf(second).compareAndSet('the combination', 'left 7 right 11', 'left 8')
    const { group, secret } = parseInvite(first.invite())
    const { seen } = relay
    for (const text of ['combination', 'right 11', 'compareAndSet', 'left 8', group, secret, 'epaxos']) {
      expect(seen).not.toContain(hexOf(new TextEncoder().encode(text)))
    }
    for (const bytes of [group, secret]) expect(seen).not.toContain(bytes)
    // It could find them: who talks to whom is there to be seen.
    expect(seen).toContain(first.id)
    expect(new Set(relay.recorded.map(({ room }) => room))).toEqual(new Set([await relayRoom(first.invite())]))
  }, 30_000)

  it('repeats what was said, in any order, and nothing is taken twice', async () => {
    const [first, second] = await threeOverRelay(relay.url)
    // So often that none of the last ones is from when they met: those hellos are refused for other reasons.
    for (let n = 0; n < 20; n++) await mapOf(first).add('x', 1)
    const recorded = relay.between(first.id, second.id).slice(-20)
    await refuses(second, recorded.length, ['replayed'], () => {
      for (const { from, body } of [...recorded].reverse()) relay.bring(second.id, from, body)
    })
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 21 })
  }, 30_000)

  it('brings what it carries in another order, and the room goes on', async () => {
    const [first, second, third] = await threeOverRelay(relay.url)
    relay.reverses = true
    for (let n = 0; n < 5; n++) await Promise.all([first, second, third].map((room) => mapOf(room).add('x', 1)))
    expect(await mapOf(third).get('x')).toBe(15)
  }, 30_000)

  it('passes off what one said as said by another, to another, or back: none of it is taken', async () => {
    const [first, second, third] = await threeOverRelay(relay.url)
    await mapOf(first).set('x', 1)
    const [address] = relay.between(third.id, second.id).map(({ from }) => from)
    const [own] = relay.between(second.id, first.id).map(({ from }) => from)
    if (address === undefined || own === undefined) throw new Error('they were to talk')
    const said = relay.between(first.id, second.id).slice(-10)
    await refuses(second, said.length, ['forged', 'unmet'], () => {
      for (const { body } of said) relay.bring(second.id, address, body)
    })
    await refuses(first, said.length, ['forged', 'unmet'], () => {
      for (const { body } of said) relay.bring(first.id, own, body)
    })
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
    const { findings } = await second.diagnose()
    expect(findings.join(' ')).toContain('were not made by any member for this one')
  }, 30_000)

  it('brings what was said in one room into another, and what it made up itself: none of it is taken', async () => {
    const [first, second] = await threeOverRelay(relay.url)
    const elsewhereRoom = toBeClosed(await createRoom({ ...overRelay(), relay: relay.url }))
    const guest = toBeClosed(await openRoom(elsewhereRoom.invite(), overRelay()))
    await mapOf(guest).set('x', 'of another room')
    await mapOf(first).set('x', 1)
    const [address] = relay.between(first.id, second.id).map(({ from }) => from)
    if (address === undefined) throw new Error('they were to talk')
    const foreign = relay.between(elsewhereRoom.id, guest.id).slice(-10)
    expect(foreign.length).toBeGreaterThan(0)
    await refuses(second, foreign.length, ['forged', 'unmet'], () => {
      for (const { body } of foreign) relay.bring(second.id, address, body)
    })
    const own = relay.between(first.id, second.id).slice(-10)
    await refuses(second, own.length, ['forged'], () => {
      for (const { body } of own) {
        const changed = body.slice()
        changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
        // A place in the stream that has not come yet: nothing but the proof stands against it.
        changed[FRAGMENT_HEADER_BYTES + COUNTER_AT] = 1
        relay.bring(second.id, address, changed)
      }
    })
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
  }, 30_000)
})

/** What was removed goes on with what it had: its id, its secret, and the relay's help. */
describe('a member that was removed', () => {
  const removal = async () => {
    const [first, second, third] = await threeOverRelay(relay.url)
    const before = first.invite()
    await mapOf(third).set('x', 1)
    await first.remove(third.id)
    await until(second, () => parseInvite(second.invite()).key === 1)
    return { first, second, third, before }
  }

  /** A link that knows the first secret only, and answers whoever knows less with what it likes. */
  const linkOf = async (invite: string, self: Address) => {
    const { group, secret } = parseInvite(invite)
    const key = { number: 0, secret: hexToBytes(secret) }
    const refusals: string[] = []
    const ring: KeyRing = {
      group,
      current: key,
      key: (number) => (number === 0 ? key : undefined),
      publicKey: Uint8Array.from({ length: 65 }, (_, at) => (at === 0 ? 4 : 1)),
      changeFor: () => new Uint8Array(100),
      change: async () => false,
      refused: (by) => void refusals.push(by),
      onChange: () => () => {},
    }
    const link = sealedLink(webSocket(), { relay: relay.url, room: await relayRoom(invite), self }, ring)
    const heard: string[] = []
    link.onPeer((peer) => heard.push(peer.replica))
    link.onMessage((from) => heard.push(from.replica))
    return { link, heard, refusals }
  }

  it('is met by nobody, under its own name or another one, and all who meet it say so', async () => {
    const { first, second, third, before } = await removal()
    for (const name of [third.id, 'e'.repeat(32)]) {
      const { link, heard, refusals } = await linkOf(before, { replica: name, incarnation: 1_000_000 })
      const counted = [first, second].map((room) => refusedBy(room, 'outdated'))
      await Promise.all(
        [first, second].map((room, at) => until(room, () => refusedBy(room, 'outdated') > (counted[at] ?? 0))),
      )
      await vi.waitUntil(() => refusals.includes(first.id) && refusals.includes(second.id), { timeout: 10_000 })
      const { findings, peers } = await first.diagnose()
      expect(findings).toContain(
        `Member ${name.slice(0, 4)} knows an earlier secret of the room only: it was removed, or is just being told the new one.`,
      )
      expect(peers.find(({ id }) => id === name)).toMatchObject({ sealed: false, introduced: false })
      expect(heard).toEqual([])
      link.close()
    }
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
  }, 30_000)

  it('reads nothing of what was said since, though the relay brings it all', async () => {
    const { first, second, third, before } = await removal()
    const since = relay.recorded.length
    const self = { replica: third.id, incarnation: 1_000_000 }
    const { link, heard, refusals } = await linkOf(before, self)
    await vi.waitUntil(() => refusals.length > 0, { timeout: 10_000 })
    await mapOf(second).set('x', 'not for you')
    await mapOf(first).set('y', 'nor this')
    const said = relay.recorded.slice(since).filter(({ from }) => from.replica !== third.id)
    for (const { from, body } of said) relay.bring(self.replica, from, body)
    const { unmet = 0, forged = 0 } = link.status().sealed ?? {}
    await vi.waitUntil(
      () => (link.status().sealed?.unmet ?? 0) + (link.status().sealed?.forged ?? 0) > unmet + forged,
      { timeout: 10_000 },
    )
    expect(heard).toEqual([])
    link.close()
  }, 30_000)

  it('has what it once said brought again, and none of it is taken', async () => {
    const { first, third, before } = await removal()
    const said = relay.between(third.id, first.id).slice(-20)
    const [self] = said.map(({ from }) => from)
    if (self === undefined) throw new Error('they were to talk')
    const { link, refusals } = await linkOf(before, self)
    await vi.waitUntil(() => refusals.includes(first.id), { timeout: 10_000 })
    await refuses(first, said.length, ['outdated'], () => {
      for (const { body } of said) relay.bring(first.id, self, body)
    })
    link.close()
    expect(await mapOf(first).add('x', 1)).toEqual({ ok: true, value: 2 })
  }, 30_000)
})

/** Where a sealed packet begins in a datagram, and its counter in that. */
const FRAGMENT_HEADER_BYTES = 8
const COUNTER_AT = 9
