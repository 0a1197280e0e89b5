import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_CHANGE_BYTES, PUBLIC_KEY_BYTES } from './contract.js'
import { decodeChange, decodeHello, encodeChange, encodeHello, HELLO_BYTES, type Hello } from './hello.js'

const nonce = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const echo = nonce.filter((digits) => digits !== '0'.repeat(32))
const hello: fc.Arbitrary<Hello> = fc.record({
  nonce,
  echo: fc.option(echo, { nil: undefined }),
  session: fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { nil: undefined }),
  casts: fc.record({ nonce, from: fc.nat(2 ** 48 - 1) }),
  publicKey: fc
    .uint8Array({ minLength: PUBLIC_KEY_BYTES - 1, maxLength: PUBLIC_KEY_BYTES - 1 })
    .map((bytes) => Uint8Array.of(4, ...bytes)),
})

describe('a hello', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(hello, (said) => {
        expect(decodeHello(encodeHello(said))).toEqual(said)
      }),
    )
  })

  test('of another length, or with a public key of another form, is none', () => {
    const bytes = new Uint8Array(HELLO_BYTES)
    expect(decodeHello(bytes)).toBeUndefined()
    bytes[HELLO_BYTES - PUBLIC_KEY_BYTES] = 4
    expect(decodeHello(bytes)).toBeDefined()
    expect(decodeHello(bytes.subarray(1))).toBeUndefined()
    expect(decodeHello(Uint8Array.of(...bytes, 0))).toBeUndefined()
  })
})

describe('a change', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(nonce, fc.uint8Array({ maxLength: 300 }), (echo, bytes) => {
        expect(decodeChange(encodeChange({ echo, bytes }))).toEqual({ echo, bytes })
      }),
    )
  })

  test('without a whole nonce, or longer than any, is none', () => {
    expect(decodeChange(new Uint8Array(15))).toBeUndefined()
    expect(decodeChange(new Uint8Array(16 + MAX_CHANGE_BYTES))).toBeDefined()
    expect(decodeChange(new Uint8Array(17 + MAX_CHANGE_BYTES))).toBeUndefined()
  })
})
