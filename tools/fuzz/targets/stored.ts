import type { Arbitrary } from 'fast-check'
import { checkpointHeader, introduction, keptProposal, lives, recordBatch } from '../../../src/wire/arbitraries.js'
import {
  decodeBatch,
  decodeCheckpointHeader,
  decodeIntroduction,
  decodeLives,
  decodeMemberKeys,
  decodeProposal,
  decodeWrappedSecret,
  encodeBatch,
  encodeCheckpointHeader,
  encodeIntroduction,
  encodeLives,
  encodeMemberKeys,
  encodeProposal,
  encodeWrappedSecret,
  WireError,
} from '../../../src/wire/index.js'
import { changedOf, samplesOf } from '../sources.js'
import { checkRoundTrip, readOr, type Target } from '../target.js'

interface Coding<T> {
  readonly encode: (value: T) => Uint8Array
  readonly decode: (bytes: Uint8Array) => T
}

const target = <T>(name: string, sound: () => readonly T[], { encode, decode }: Coding<T>): Target => ({
  name,
  share: 4,
  source: () => changedOf(sound().map(encode)),
  subject: () => (input) => {
    const read = readOr(WireError, () => decode(input))
    if (read !== undefined) checkRoundTrip(read, encode, decode)
  },
})

const of =
  <T>(arbitrary: Arbitrary<T>): (() => readonly T[]) =>
  () =>
    samplesOf(arbitrary)

const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte)
const memberKeys = [1, 2, 64].map((secrets) => ({
  privateKey: filled(138, 1),
  publicKey: filled(65, 4),
  secrets: Array.from({ length: secrets }, (_, i) => ({ number: 3 * i, secret: filled(16, i) })),
}))
const wrapped = [0, 2 ** 32 - 1].map((number) => ({
  ...{ number, by: filled(65, 4), salt: filled(16, 9) },
  wrapped: filled(32, 7),
}))

/** What a storage gives back, once its checksum is right: what was written by a program that is broken, or by somebody who can count. */
export const stored: readonly Target[] = [
  target('record-batch', of(recordBatch), { encode: encodeBatch, decode: decodeBatch }),
  target('checkpoint', of(checkpointHeader), { encode: encodeCheckpointHeader, decode: decodeCheckpointHeader }),
  target('start', of(introduction), { encode: encodeIntroduction, decode: decodeIntroduction }),
  target('lives', of(lives), { encode: encodeLives, decode: decodeLives }),
  target('proposal', of(keptProposal), { encode: encodeProposal, decode: decodeProposal }),
  target('member-keys', () => memberKeys, { encode: encodeMemberKeys, decode: decodeMemberKeys }),
  target('wrapped-secret', () => wrapped, { encode: encodeWrappedSecret, decode: decodeWrappedSecret }),
]
