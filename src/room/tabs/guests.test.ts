import { expect, it, vi } from 'vitest'
import { write } from '../../core/index.js'
import { platform } from '../environment.js'
import type { Host } from '../host.js'
import type { HostListener } from '../host-listener.js'
import { randomId } from '../ids.js'
import { Locks, type MapState } from '../stage.js'
import { Guests } from './guests.js'
import { decodeTabMessage, encodeTabMessage, type TabMessage } from './messages.js'
import { unheardOf } from './unheard-of.js'

it('tells another tab what has come of its call before the storage forgets it', async () => {
  const [group, tab, other, id] = [randomId(), randomId(), randomId(), randomId()]
  let listener: HostListener | undefined
  const propose = vi.fn()
  const host: Partial<Host<MapState>> = {
    id: randomId(),
    drafts: [],
    propose,
    listen: (it) => {
      listener = it
      return () => {}
    },
    invite: () => 'an invite',
    status: () => unheardOf(tab, { group, key: 0, secret: group, relay: undefined }, true),
  }
  const locks = new Locks() as unknown as LockManager
  const guests = new Guests(host as Host<MapState>, new Set(), { group, tab, locks, environment: platform() })
  const channel = new BroadcastChannel(`epaxos/${group}`)
  const drafts = [{ id, spans: [write('k')], payload: Uint8Array.of(1), lasting: true }]
  channel.postMessage(encodeTabMessage({ from: other, to: tab, message: { kind: 'propose', drafts } }))
  await vi.waitUntil(() => propose.mock.calls.length === 1)
  expect(propose).toHaveBeenCalledWith(drafts[0], true)

  const said: TabMessage[] = []
  const post = vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation((data) => {
    said.push(decodeTabMessage(data).message)
  })
  listener?.settled(randomId(), { kind: 'done', result: 'of nobody here' })
  listener?.settled(id, { kind: 'done', result: 1 })
  expect(said).toEqual([])
  listener?.forgetting?.()
  const answer = { kind: 'done', result: 1 }
  expect(said).toEqual([{ kind: 'events', first: 0, events: [{ kind: 'settled', id, answer }] }])
  post.mockRestore()
  channel.close()
  guests.close()
})
