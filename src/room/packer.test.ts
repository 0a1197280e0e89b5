import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Message, type ValidateOk, write } from '../core/index.js'
import type { MemberEnvelope, MemberMessage } from '../member/index.js'
import { message } from '../wire/arbitraries.js'
import { encodePacket } from '../wire/index.js'
import { pack } from './packer.js'

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)]

interface Packed {
  readonly to: readonly string[]
  readonly messages: readonly MemberMessage[]
  readonly bytes: number
}

const packed = (envelopes: readonly MemberEnvelope[]): Packed[] => {
  const packets: Packed[] = []
  pack(envelopes, (to, messages) => {
    const packet = { kind: 'messages', group: 'f'.repeat(32), incarnation: 1, batches: 1, messages } as const
    packets.push({ to, messages, bytes: encodePacket(packet).length })
  })
  return packets
}

it('puts every message into one packet of its receiver, in their order', () => {
  const envelopes = fc.array(fc.record({ to: fc.constantFrom(A, B), message }), { maxLength: 30 })
  fc.assert(
    fc.property(envelopes, (sent) => {
      const packets = packed(sent)
      for (const to of [A, B]) {
        const received = packets.filter((packet) => packet.to.includes(to)).flatMap(({ messages }) => messages)
        expect(received).toEqual(sent.filter((envelope) => envelope.to === to).map((envelope) => envelope.message))
      }
    }),
  )
})

it('makes one packet of what is the same for several, and of nothing else', () => {
  const [x, y]: readonly ValidateOk[] = [1, 2].map((number) => {
    return { kind: 'validate-ok', epoch: 0, instance: { slot: 0, number }, ballot: 18, conflicts: [] }
  })
  if (x === undefined || y === undefined) throw new Error('two messages are two')
  const [C, D] = ['c'.repeat(32), 'd'.repeat(32)]
  const to = (receiver: string, ...messages: ValidateOk[]): MemberEnvelope[] =>
    messages.map((message) => ({ to: receiver, message }))
  const packets = packed([...to(A, x, y), ...to(B, x), ...to(C, x, y), ...to(D, { ...x }), ...to(B, y)])
  expect(packets.map((packet) => packet.to)).toEqual([[A, B, C], [D]])
})

it('counts the conflicts of a ValidateOk: a whole stretch of them is no packet that nobody could take', () => {
  const conflicts = Array.from({ length: 4000 }, (_, i) => ({ slot: 1, number: 100_000 + i, committed: false }))
  const answers = Array.from({ length: 64 }, (_, i): ValidateOk => {
    return { kind: 'validate-ok', epoch: 0, instance: { slot: 0, number: 1 + i }, ballot: 18, conflicts }
  })
  const packets = packed(answers.map((answer) => ({ to: A, message: answer })))
  expect(packets.flatMap(({ messages }) => messages)).toEqual(answers)
  for (const { bytes } of packets) expect(bytes).toBeLessThan(128 << 10)
})

it('sends a sweep in a packet of its own', () => {
  const sweep: Message = {
    kind: 'pre-accept',
    epoch: 0,
    instance: { slot: 0, number: 1 },
    value: { kind: 'sweep', payload: new Uint8Array(1 << 20) },
    deps: [0, 0, 0],
  }
  const gossip: Message = {
    kind: 'frontier',
    epoch: 0,
    last: 1,
    committed: [0, 0, 0],
    executed: [0, 0, 0],
    mark: { floor: [0, 0, 0], last: 0 },
  }
  const packets = packed([gossip, sweep, gossip].map((each) => ({ to: A, message: each })))
  expect(packets.map(({ messages }) => messages)).toEqual([[gossip], [sweep], [gossip]])
})

it('sends the chunks of a snapshot, and commands for others to propose, in packets that others fit beside', () => {
  const bytes = new Uint8Array(64 << 10)
  const command = {
    spans: [write('k')],
    payload: bytes,
    session: '0'.repeat(32),
    sequence: 1,
    acknowledged: 0,
    after: [],
  }
  const envelopes = [1, 2, 3].flatMap((index): MemberEnvelope[] => [
    { to: A, message: { kind: 'chunk', snapshot: 1, index, bytes } },
    { to: A, message: { kind: 'propose', command } },
  ])
  expect(packed(envelopes).map(({ messages }) => messages.length)).toEqual([1, 1, 1, 1, 1, 1])
})

it('knows how large an offer of a large snapshot is', () => {
  const header = {
    configuration: { number: 1, voters: [A, B], wireVersion: 4, stateVersion: 1 },
    executed: { frontier: [1, 1], beyond: [[3], []] },
    bytes: 20_000 << 16,
    checksums: new Array<number>(20_000).fill(2 ** 32 - 1),
  }
  const envelopes = [1, 2].map((snapshot): MemberEnvelope => ({ to: A, message: { kind: 'offer', snapshot, header } }))
  const packets = packed(envelopes)
  expect(packets).toHaveLength(2)
  for (const { bytes } of packets) expect(bytes).toBeLessThan(128 << 10)
})
