import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireError } from './error.js'
import {
  decodeMemberKeys,
  decodeWrappedSecret,
  encodeMemberKeys,
  encodeWrappedSecret,
  MAX_SECRETS,
  type MemberKeys,
} from './keys.js'

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const number = fc.nat(2 ** 32 - 1)
const keys: fc.Arbitrary<MemberKeys> = fc.record({
  privateKey: fc.uint8Array({ maxLength: 256 }),
  publicKey: bytesOf(65),
  secrets: fc
    .uniqueArray(fc.record({ number, secret: bytesOf(16) }), {
      minLength: 1,
      maxLength: MAX_SECRETS,
      selector: (secret) => secret.number,
    })
    .map((secrets) => secrets.sort((a, b) => a.number - b.number)),
})
const wrapped = fc.record({ number, by: bytesOf(65), salt: bytesOf(16), wrapped: bytesOf(32) })

test('what a member keeps of keys, and what it is told, survive the way to bytes and back', () => {
  fc.assert(
    fc.property(keys, wrapped, (kept, told) => {
      expect(decodeMemberKeys(encodeMemberKeys(kept))).toEqual(kept)
      expect(decodeWrappedSecret(encodeWrappedSecret(told))).toEqual(told)
    }),
  )
})

test('bytes with changes are refused with a WireError, or are something else', () => {
  const change = fc.tuple(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.integer({ min: 1, max: 255 }),
  )
  fc.assert(
    fc.property(keys, wrapped, change, (kept, told, [share, flip]) => {
      for (const [bytes, decode] of [
        [encodeMemberKeys(kept), decodeMemberKeys],
        [encodeWrappedSecret(told), decodeWrappedSecret],
      ] as const) {
        const at = Math.floor(share * bytes.length)
        bytes[at] = (bytes[at] as number) ^ flip
        try {
          decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }
    }),
  )
})

test('secrets stand in the order of their numbers, each once, and have their length', () => {
  const secret = new Uint8Array(16)
  const of = (...secrets: MemberKeys['secrets']): MemberKeys => ({
    privateKey: new Uint8Array(3),
    publicKey: new Uint8Array(65),
    secrets,
  })
  for (const bad of [
    of(),
    of({ number: 2, secret }, { number: 1, secret }),
    of({ number: 1, secret }, { number: 1, secret }),
    of({ number: 0, secret: new Uint8Array(15) }),
    { ...of({ number: 0, secret }), publicKey: new Uint8Array(64) },
  ]) {
    expect(() => encodeMemberKeys(bad)).toThrow(WireError)
  }
})
