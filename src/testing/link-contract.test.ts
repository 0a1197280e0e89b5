import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Relay, startRelay } from '../relay/node.js'
import { type Address, type Link, localNetwork } from '../transport/index.js'
import { webSocket } from '../transport/websocket.js'
import { linkContract, type OpenLink } from './index.js'

const local = (): OpenLink => {
  const { transport } = localNetwork()
  return (options) => transport({ relay: undefined, ...options })
}

describe('links within a process', () => {
  for (const { name, run } of linkContract(local())) it(name, run)
})

describe('links over a relay', () => {
  let relay: Relay
  beforeAll(async () => {
    relay = await startRelay()
  })
  afterAll(() => relay.close())

  for (const { name, run } of linkContract((options) => webSocket()({ relay: relay.url, ...options }))) it(name, run)
})

describe('the link contract', () => {
  /** The names of the cases that fail where every link does something wrong. */
  const failingWith = async (fault: (link: Link, self: Address) => Partial<Link>): Promise<readonly string[]> => {
    const open = local()
    const faulty: OpenLink = (options) => {
      const link = open(options)
      return new Proxy(link, {
        get: (target, name) => {
          const wrong: unknown = Reflect.get(fault(target, options.self), name)
          const right: unknown = Reflect.get(target, name)
          return wrong ?? (typeof right === 'function' ? right.bind(target) : right)
        },
      })
    }
    const cases = linkContract(faulty, { deadlineMs: 200 })
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()))
    return cases.flatMap(({ name }, i) => (outcomes[i]?.status === 'rejected' ? [name] : []))
  }

  it.each<[string, (link: Link, self: Address) => Partial<Link>, string]>([
    [
      'cuts packets short',
      (link) => ({ send: (to, bytes) => link.send(to, bytes.subarray(0, 16_384)) }),
      'packets of all sizes arrive whole and unchanged, from the life that has sent them',
    ],
    [
      'accepts everything',
      (link) => ({ send: (to, bytes) => link.send(to, bytes) || true }),
      'what has no receiver, is for another life of it, or is too large, is not accepted',
    ],
    [
      'forgets the last of several receivers',
      (link) => ({ sendAll: (to, bytes) => link.sendAll(to.slice(0, -1), bytes) }),
      'a packet for several goes to each of them, whole, and to nobody else',
    ],
    [
      'sends what is for several to all who are there',
      (link) => ({ sendAll: (_to, bytes) => link.sendAll(link.status().peers, bytes) }),
      'a packet for several goes to each of them, whole, and to nobody else',
    ],
    [
      'names another sender',
      (link, self) => ({ onMessage: (listener) => link.onMessage((_, bytes) => listener(self, bytes)) }),
      'packets of all sizes arrive whole and unchanged, from the life that has sent them',
    ],
    [
      'tells nobody of those who go',
      (link) => ({ onPeer: (listener) => link.onPeer((peer, here) => here && listener(peer, here)) }),
      'a peer that goes and comes back is told to have gone and to have come',
    ],
    [
      'does not close',
      () => ({ close: () => {} }),
      'a link that is closed is gone for the others, and calls no listener any more',
    ],
    [
      'forgets whom to call no more',
      (link) => ({
        onMessage: (listener) => {
          link.onMessage(listener)
          return () => {}
        },
      }),
      'each listener is told, until it has unsubscribed',
    ],
  ])('finds out one that %s', async (_, fault, name) => {
    expect(await failingWith(fault)).toContain(name)
  })
})
