import { describe, expect, test } from 'vitest'
import { QuickCipher, quickCipherFor } from './quick-cipher.js'

const { subtle } = globalThis.crypto
const iv = new Uint8Array(12).fill(7)
const header = Uint8Array.of(3, 1, 4, 1, 5)
const content = new TextEncoder().encode('what members say to each other')

const newKey = (fill = 1): Promise<CryptoKey> =>
  subtle.importKey('raw', new Uint8Array(32).fill(fill), 'AES-GCM', false, ['encrypt', 'decrypt'])

const bySubtle = async (key: CryptoKey): Promise<Uint8Array> =>
  new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: header }, key, content))

describe('the quick cipher', () => {
  const cipher = quickCipherFor(subtle) as QuickCipher

  test('makes of a content what WebCrypto makes of it, behind its header', async () => {
    const key = await newKey()
    const frame = cipher.seal(key, iv, header, content) ?? new Uint8Array()
    expect(frame.subarray(0, header.length)).toEqual(header)
    expect(frame.subarray(header.length)).toEqual(await bySubtle(key))
  })

  test('opens what WebCrypto has sealed, be it nothing', async () => {
    const key = await newKey()
    expect(cipher.open(key, iv, header, await bySubtle(key))).toEqual(content)
    const how = { name: 'AES-GCM', iv, additionalData: header }
    const nothing = new Uint8Array(await subtle.encrypt(how, key, new Uint8Array()))
    expect(cipher.open(key, iv, header, nothing)).toEqual(new Uint8Array())
  })

  test('opens nothing of which a byte, the header, the nonce or the key is another one', async () => {
    const key = await newKey()
    const sealed = await bySubtle(key)
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice()
      changed[at] = (changed[at] as number) ^ 1
      expect(cipher.open(key, iv, header, changed)).toBe('forged')
    }
    expect(cipher.open(key, iv, Uint8Array.of(4, 1, 4, 1, 5), sealed)).toBe('forged')
    expect(cipher.open(key, new Uint8Array(12), header, sealed)).toBe('forged')
    expect(cipher.open(await newKey(2), iv, header, sealed)).toBe('forged')
  })

  test('opens nothing that is cut off, be it down to a few bytes', async () => {
    const key = await newKey()
    const sealed = await bySubtle(key)
    for (let length = 0; length < sealed.length; length++) {
      expect(cipher.open(key, iv, header, sealed.subarray(0, length))).toBe('forged')
    }
  })

  test('leaves what is large to another thread', async () => {
    const key = await newKey()
    const large = new Uint8Array((64 << 10) + 1)
    expect(cipher.seal(key, iv, header, large)).toBeUndefined()
    expect(cipher.open(key, iv, header, large)).toBeUndefined()
  })

  test("is there in Node, and only for the platform's own WebCrypto", () => {
    expect(quickCipherFor(subtle)).toBeInstanceOf(QuickCipher)
    expect(quickCipherFor(new Proxy(subtle, {}))).toBeUndefined()
  })
})
