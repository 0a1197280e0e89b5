import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../member/index.js'
import { invite } from './arbitraries.js'
import { decodeInvite, encodeInvite, InvalidInvite, type Invite, WireError } from './index.js'

const group = '0123456789abcdef'.repeat(2)
const secret = 'fedcba9876543210'.repeat(2)
const plain: Invite = { group, key: 7, secret, relay: undefined }
const relayed: Invite = { group, key: 7, secret, relay: 'wss://relay.example/rooms?region=eu' }

const reason = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof InvalidInvite) return error.reason
    throw error
  }
  return 'sound'
}

/** An invite with the right checksum, whatever is in it. */
const codeOf = (content: Uint8Array): string => {
  const checksum = new Uint8Array(4)
  new DataView(checksum.buffer).setUint32(0, crc32(content))
  return Buffer.concat([content, checksum]).toString('base64url')
}
const contentOf = (version: number, relay: string): Uint8Array =>
  Buffer.concat([Uint8Array.of(version), Buffer.from(`${group}00000007${secret}`, 'hex'), Buffer.from(relay)])

test('every invite comes back from its text, and from a link that ends in it', () => {
  fc.assert(
    fc.property(invite, (it) => {
      const code = encodeInvite(it)
      expect(code).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(decodeInvite(code)).toStrictEqual(it)
      expect(decodeInvite(` https://app.example/board?lang=de#${code}\n`)).toStrictEqual(it)
      expect(new URL(`https://app.example/#${code}`).hash).toBe(`#${code}`)
    }),
  )
})

test('its layout is as written down', () => {
  expect(encodeInvite(plain)).toBe(codeOf(contentOf(2, '')))
  expect(encodeInvite(relayed)).toBe(codeOf(contentOf(2, 'wss://relay.example/rooms?region=eu')))
  expect(encodeInvite(plain)).toHaveLength(55)
})

test('any one character changed, left out or added is found', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const code of [encodeInvite(plain), encodeInvite(relayed)]) {
    for (let at = 0; at < code.length; at++) {
      for (const other of alphabet) {
        const [before, after] = [code.slice(0, at), code.slice(at + 1)]
        if (other !== code[at]) expect(reason(() => decodeInvite(before + other + after))).toBe('mistyped')
        expect(reason(() => decodeInvite(before + other + code[at] + after))).toBe('mistyped')
      }
      expect(reason(() => decodeInvite(code.slice(0, at) + code.slice(at + 1)))).toBe('mistyped')
    }
  }
})

test('any text is refused with an InvalidInvite or is an invite', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[\w-]*$/),
    fc.uint8Array({ maxLength: 60 }).map(codeOf),
    fc.uint8Array({ maxLength: 60 }).map((rest) => codeOf(Buffer.concat([contentOf(2, 'ws://'), rest]))),
  )
  fc.assert(
    fc.property(text, (it) => {
      let read: Invite
      try {
        read = decodeInvite(it)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInvite)
        return
      }
      expect(decodeInvite(encodeInvite(read))).toStrictEqual(read)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['malformed', ''],
  ['malformed', 'https://app.example/'],
  ['malformed', 'https://app.example/#'],
  ['malformed', `${encodeInvite(plain)}=`],
  ['malformed', 'A'.repeat(800)],
  ['malformed', ' '.repeat(1_000_000)],
  ['mistyped', encodeInvite(plain).toUpperCase()],
  ['mistyped', codeOf(contentOf(2, '').subarray(0, 36))],
  ['newer-version', codeOf(contentOf(3, ''))],
  ['older-version', codeOf(contentOf(1, ''))],
  ['relay', codeOf(contentOf(2, 'https://relay.example/'))],
  ['relay', codeOf(contentOf(2, 'javascript:alert(1)'))],
  ['relay', codeOf(contentOf(2, 'wss://relay.example/#room'))],
  ['relay', codeOf(contentOf(2, 'wss://rélay.example/'))],
  ['relay', codeOf(contentOf(2, 'wss://relay.example/\n'))],
])('it is refused as %s: %j', (expected, text) => {
  expect(reason(() => decodeInvite(text))).toBe(expected)
})

test('a relay of 512 bytes fits, one byte more does not', () => {
  const relay = `ws://127.0.0.1:1234/${'r'.repeat(492)}`
  expect(decodeInvite(encodeInvite({ ...plain, relay })).relay).toBe(relay)
  expect(reason(() => encodeInvite({ ...plain, relay: `${relay}r` }))).toBe('relay')
})

test('only ids and addresses of relays can be invited to', () => {
  for (const relay of ['', 'relay.example', 'ws://', 'http://relay.example', 'ws://relay.example/#', 'ws://a b/']) {
    expect(reason(() => encodeInvite({ ...plain, relay }))).toBe('relay')
  }
  expect(() => encodeInvite({ ...plain, secret: 'short' })).toThrow(WireError)
})

test('what is wrong with an invite is told without telling the invite', () => {
  const code = encodeInvite(plain)
  for (const broken of [`${code}x`, `${code}!`, code.slice(1)]) {
    expect(() => decodeInvite(broken)).not.toThrow(code.slice(5, 20))
  }
})
