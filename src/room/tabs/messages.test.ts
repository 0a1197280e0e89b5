import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { read, writeRange } from '../../core/index.js'
import type { LinkReason } from '../../transport/index.js'
import { type Codec, toBytes, WireError } from '../../wire/index.js'
import { decodeTabMessage, type Envelope, encodeTabMessage, TAB_PROTOCOL, type TabMessage } from './messages.js'
import { unheardOf } from './unheard-of.js'

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)]
const status = {
  ...unheardOf(A, { group: B, key: 0, secret: A, relay: undefined }, true),
  diverged: [{ member: B, mutators: ['add'] }],
}
const proposal = { spans: [read('k'), writeRange('a', undefined)], payload: Uint8Array.of(1, 2) }

const messages: readonly TabMessage[] = [
  { kind: 'hello' },
  { kind: 'follow', transfer: 1 },
  { kind: 'more', transfer: 2 },
  { kind: 'propose', drafts: [{ id: A, lasting: true, ...proposal }] },
  { kind: 'show', value: { name: 'Ada', at: [1.5, null] } },
  { kind: 'show', value: undefined },
  { kind: 'ask', id: B, request: { kind: 'leave', force: true } },
  { kind: 'ask', id: B, request: { kind: 'remove', member: A } },
  { kind: 'ask', id: B, request: { kind: 'diagnose' } },
  { kind: 'bye' },
  { kind: 'here', replica: A, invite: 'text' },
  { kind: 'state', transfer: 3, version: 2, next: 2 ** 40, pieces: [Uint8Array.of(3)], last: true },
  {
    kind: 'events',
    first: 7,
    events: [
      { kind: 'applied', ...proposal },
      { kind: 'migrated', version: 2 },
      { kind: 'replaced' },
      { kind: 'kept', id: A },
      { kind: 'committed', id: A },
      { kind: 'settled', id: A, answer: { kind: 'done', result: { ok: false, reason: 'taken' } } },
      { kind: 'settled', id: A, answer: { kind: 'done', result: undefined } },
      { kind: 'settled', id: A, answer: { kind: 'done', result: null } },
      { kind: 'settled', id: A, answer: { kind: 'threw', message: 'no' } },
      { kind: 'settled', id: A, answer: { kind: 'unknown', reason: 'gone' } },
      { kind: 'settled', id: A, answer: { kind: 'expired' } },
    ],
  },
  { kind: 'refused', id: A, fault: { kind: 'full', proposals: 1, bytes: 2 } },
  { kind: 'refused', id: A, fault: { kind: 'large', bytes: 2, maxBytes: 1 } },
  { kind: 'status', status },
  { kind: 'presence', present: [{ tab: A, member: B, value: 'x' }] },
  { kind: 'answered', id: A, reply: { kind: 'failed', fault: { kind: 'last', reason: 'nobody else' } } },
  { kind: 'answered', id: A, reply: { kind: 'done' } },
  { kind: 'answered', id: A, reply: { kind: 'diagnosis', diagnosis: { findings: ['all is well'], peers: [] } } },
  { kind: 'left', reason: 'it has left' },
  { kind: 'echo' },
]

/** As it comes out of the channel. */
const sent = (envelope: Envelope): unknown => structuredClone(encodeTabMessage(envelope))

const cutOff = (reason: LinkReason): TabMessage => ({
  kind: 'status',
  status: { ...status, link: { ...status.link, state: 'reconnecting', reason } },
})

/** A tree of arrays and leaves, as it is. */
const written: Codec<unknown> = {
  write(to, raw) {
    if (typeof raw === 'number') to.integer(raw)
    else if (typeof raw === 'boolean') to.flag(raw)
    else if (raw instanceof Uint8Array) to.bytes(raw)
    else if (!Array.isArray(raw)) to.null()
    else {
      to.array(raw.length)
      for (const element of raw) written.write(to, element)
    }
  },
  read: () => undefined,
}

describe('a message from tab to tab', () => {
  it.each<LinkReason>(['relay-unreachable', 'no-token', 'not-loaded', 'room-full'])(
    'says that the link is: %s',
    (reason) => {
      const message = cutOff(reason)
      expect(decodeTabMessage(sent({ from: A, to: B, message }))).toEqual({ from: A, to: B, message })
    },
  )

  it.each(messages)('comes as it was sent: $kind', (message) => {
    for (const to of [undefined, B]) {
      expect(decodeTabMessage(sent({ from: A, to, message }))).toEqual({ from: A, to, message })
    }
  })

  it('of another version of the program is told apart from what is none', () => {
    const code = (heard: unknown): string => {
      try {
        decodeTabMessage(heard)
      } catch (error) {
        if (error instanceof WireError) return error.code
      }
      return 'none'
    }
    const [, bytes] = encodeTabMessage({ from: A, to: B, message: { kind: 'hello' } })
    expect(code([TAB_PROTOCOL + 1, Uint8Array.of(0xff)])).toBe('version')
    expect(code([TAB_PROTOCOL, bytes])).toBe('none')
    expect(code([TAB_PROTOCOL, [...bytes]])).toBe('shape')
    expect(code([TAB_PROTOCOL, bytes, 1])).toBe('shape')
    expect(code([String(TAB_PROTOCOL), bytes])).toBe('shape')
    expect(code([TAB_PROTOCOL, bytes.subarray(0, -1)])).toBe('structure')
  })

  it('that says something else than it may in any field is refused, and nothing else is thrown', () => {
    const tree = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 5 },
        fc.nat(),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array({ maxLength: 16, minLength: 16 }),
        fc.array(tie('any'), { maxLength: 5 }),
      ),
    })).any
    const limits = { bytes: 1 << 20, items: 1 << 16 }
    fc.assert(
      fc.property(tree, (raw) => {
        const bytes = toBytes(written, [new Uint8Array(16), null, raw], limits)
        try {
          // What is no garbage after all is as it would have been sent.
          const envelope = decodeTabMessage([TAB_PROTOCOL, bytes])
          expect(encodeTabMessage(envelope)[1]).toEqual(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
    expect.hasAssertions()
  })

  it('that people read is cut off, and what is no character in it is replaced', () => {
    const reason = `${'x'.repeat(5000)}`
    const cut = decodeTabMessage(sent({ from: A, to: undefined, message: { kind: 'left', reason } })).message
    expect(cut).toEqual({ kind: 'left', reason: 'x'.repeat(4096) })
    const half = decodeTabMessage(sent({ from: A, to: B, message: { kind: 'left', reason: 'a\ud800' } })).message
    expect(half).toEqual({ kind: 'left', reason: 'a\ufffd' })
  })
})
