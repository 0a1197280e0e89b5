import wrtc from '@roamhq/wrtc'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Relay, startRelay } from '../relay/node.js'
import type { Link, LinkKind } from './contract.js'
import { peer, until } from './stage.js'
import { type WebRtcOptions, type Wrtc, webRtc } from './webrtc.js'

const [A, B] = [peer('a'), peer('b')]

let relay: Relay
let links: Link[]
let made: RTCPeerConnection[]
let configurations: (RTCConfiguration | undefined)[]
let timersBefore: number

/** The real thing, whose connections the tests can get hold of. */
const watched: Wrtc = {
  RTCSessionDescription: wrtc.RTCSessionDescription,
  RTCIceCandidate: wrtc.RTCIceCandidate,
  RTCPeerConnection: new Proxy(wrtc.RTCPeerConnection, {
    construct: (target, [configuration]: [RTCConfiguration?]) => {
      const connection = new target(configuration)
      made.push(connection)
      configurations.push(configuration)
      return connection
    },
  }),
}

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length

beforeEach(async () => {
  timersBefore = timers()
  relay = await startRelay()
  ;[links, made, configurations] = [[], [], []]
})

afterEach(async () => {
  for (const link of links) link.close()
  await relay.close()
  expect(made.map(({ connectionState }) => connectionState)).toEqual(made.map(() => 'closed'))
  // Two connections at least were made: what they leave behind would be more than what the runner has.
  expect(timers()).toBeLessThanOrEqual(timersBefore)
})

const open = (self: typeof A, options: WebRtcOptions = {}): Link => {
  const link = webRtc({ wrtc: watched, ...options })({ relay: relay.url, room: 'room', self })
  links.push(link)
  return link
}

const reach = (link: Link, kind: LinkKind): Promise<unknown> => until(link, ({ peers }) => peers[0]?.kind === kind)

const nextLength = (link: Link): Promise<number> =>
  new Promise((resolve) => {
    const unsubscribe = link.onMessage((_from, { length }) => {
      unsubscribe()
      resolve(length)
    })
  })

describe('two Node processes’ links', () => {
  test('reach each other by data channels, which carry large packets both ways at once', async () => {
    const [a, b] = [open(A), open(B)]
    a.direct?.([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    const lengths = Promise.all([nextLength(a), nextLength(b)])
    expect([a.send(B, new Uint8Array(5e6)), b.send(A, new Uint8Array(4e6))]).toEqual([true, true])
    expect(await lengths).toEqual([4e6, 5e6])
    expect((await a.channelStats?.(B))?.bytesSent).toBeGreaterThan(5e6)
  })

  test('fall back to the relay in the middle of a packet, lose nothing of it, and return', async () => {
    const [a, b] = [open(A), open(B)]
    const kinds: (LinkKind | undefined)[] = []
    a.onStatus(({ peers }) => {
      if (peers[0]?.kind !== kinds.at(-1)) kinds.push(peers[0]?.kind)
    })
    a.direct?.([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    // The channel takes a whole packet at times, and what it took is gone with it: the last one it has not.
    let last = 5e6
    for (a.send(B, new Uint8Array(last)); a.bufferedBytes(B) === 0; ) a.send(B, new Uint8Array(++last))
    const whole = new Promise<void>((resolve) => {
      b.onMessage((_from, { length }) => {
        if (length === last) resolve()
      })
    })
    const gone = [reach(a, 'relay'), reach(b, 'relay')]
    for (const connection of made) connection.close()
    await Promise.all(gone)
    await whole
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    expect(kinds).toEqual(['relay', 'webrtc', 'relay', 'webrtc'])
  })
})

describe('the servers that help to connect', () => {
  test('are asked for anew for every connection', async () => {
    let asked = 0
    const iceServers = async (): Promise<RTCIceServer[]> => [{ urls: `stun:127.0.0.1:${++asked}` }]
    const [a, b] = [open(A, { iceServers }), open(B)]
    a.direct?.([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    const gone = [reach(a, 'relay'), reach(b, 'relay')]
    for (const connection of made) connection.close()
    await Promise.all(gone)
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    const urls = configurations.flatMap(
      (configuration) => configuration?.iceServers?.map((server) => server.urls) ?? [],
    )
    expect(urls).toEqual(['stun:127.0.0.1:1', 'stun:127.0.0.1:2'])
  })

  test('where they can not be named, the report says so, and they are asked for again', async () => {
    let attempts: readonly unknown[] = []
    let asked = 0
    const iceServers = (): readonly RTCIceServer[] => {
      attempts = [...attempts, a.report?.()[0]?.direct]
      if (++asked === 1) throw new Error('no credentials')
      return []
    }
    const [a, b] = [open(A, { iceServers }), open(B)]
    a.direct?.([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    expect(attempts).toEqual(['connecting', 'no-ice-servers'])
    expect(made.length).toBe(2)
  })
})
