import { read, writeRange } from '../../../src/core/index.js'
import { decodeTabMessage, type Envelope, encodeTabMessage, TAB_PROTOCOL } from '../../../src/room/tabs/messages.js'
import { unheardOf } from '../../../src/room/tabs/unheard-of.js'
import { WireError } from '../../../src/wire/index.js'
import { changedOf } from '../sources.js'
import { checkRoundTrip, readOr, type Target } from '../target.js'

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)]
const status = unheardOf(A, { group: B, key: 0, secret: A, relay: undefined }, true)
const proposal = { spans: [read('k'), writeRange('a', undefined)], payload: Uint8Array.of(1, 2) }

const messages: readonly Envelope['message'][] = [
  { kind: 'hello' },
  { kind: 'follow', transfer: 1 },
  { kind: 'propose', drafts: [{ id: A, lasting: true, ...proposal }] },
  { kind: 'show', value: { name: 'Ada', at: [1.5, null] } },
  { kind: 'here', replica: A, invite: 'x' },
  { kind: 'state', transfer: 3, version: 2, next: 2 ** 40, pieces: [Uint8Array.of(3)], last: true },
  {
    kind: 'events',
    first: 7,
    events: [
      { kind: 'applied', ...proposal },
      { kind: 'migrated', version: 2 },
      { kind: 'replaced' },
      { kind: 'kept', id: A },
      { kind: 'settled', id: A, answer: { kind: 'done', result: { ok: false, reason: 'taken' } } },
      { kind: 'settled', id: A, answer: { kind: 'unknown', reason: 'gone' } },
    ],
  },
  { kind: 'refused', id: A, fault: { kind: 'full', proposals: 1, bytes: 2 } },
  { kind: 'status', status },
  { kind: 'presence', present: [{ tab: A, member: B, value: 'x' }] },
  { kind: 'left', reason: 'it has left' },
]

const encode = (it: Envelope): Uint8Array => encodeTabMessage(it)[1]
const decode = (bytes: Uint8Array): Envelope => decodeTabMessage([TAB_PROTOCOL, bytes])

/** What a script of the same origin says on the channel of the tabs. */
export const tabs: Target = {
  name: 'tab-message',
  share: 8,
  source: () => changedOf(messages.flatMap((message) => [undefined, B].map((to) => encode({ from: A, to, message })))),
  subject: () => (input) => {
    const message = readOr(WireError, () => decode(input))
    if (message !== undefined) checkRoundTrip(message, encode, decode)
  },
}
