import { encodeHex } from '../../wire/index.js'
import { Unsupported } from '../errors.js'

const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const SALT_BYTES = 16

/** What a wrapped secret is for: part of the key that it is wrapped with. */
export interface WrapPurpose {
  readonly group: string
  readonly number: number
  /** Of who is told the secret: its id. */
  readonly to: string
}

/** What a member is told secrets by. */
export interface KeyPair {
  /** 65 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly privateKey: CryptoKey
}

/** WebCrypto's part for keys. @throws Unsupported outside secure contexts, where browsers have none */
export const subtle = (): SubtleCrypto => {
  const found = globalThis.crypto?.subtle
  if (found !== undefined) return found
  throw new Unsupported('what members say is sealed with WebCrypto: open the page over https, or on localhost')
}

/** A new pair, and its private key as it is stored. */
export const newKeyPair = async (): Promise<{ readonly pair: KeyPair; readonly stored: Uint8Array<ArrayBuffer> }> => {
  const { publicKey, privateKey } = await subtle().generateKey(CURVE, true, ['deriveBits'])
  const stored = new Uint8Array(await subtle().exportKey('pkcs8', privateKey))
  return { pair: { publicKey: new Uint8Array(await subtle().exportKey('raw', publicKey)), privateKey }, stored }
}

/** A pair that was stored. Rejects with a DOMException for a private key that is none. */
export const storedKeyPair = async (stored: Uint8Array, publicKey: Uint8Array): Promise<KeyPair> => ({
  publicKey: publicKey.slice(),
  privateKey: await subtle().importKey('pkcs8', stored.slice(), CURVE, false, ['deriveBits']),
})

export const newSalt = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(SALT_BYTES))

/** A secret that only the holders of the one pair and the other public key can read. Rejects for a public key that is none. */
export const wrapSecret = async (
  secret: Uint8Array,
  own: KeyPair,
  theirs: Uint8Array,
  salt: Uint8Array,
  purpose: WrapPurpose,
): Promise<Uint8Array<ArrayBuffer>> => {
  const key = await wrappingKey(own, theirs, salt, own.publicKey, purpose)
  return new Uint8Array(await subtle().encrypt(ONCE, key, secret.slice()))
}

/** The secret that the holder of the private key to `theirs` has wrapped; undefined: it has not. */
export const unwrapSecret = async (
  wrapped: Uint8Array,
  own: KeyPair,
  theirs: Uint8Array,
  salt: Uint8Array,
  purpose: WrapPurpose,
): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  try {
    const key = await wrappingKey(own, theirs, salt, theirs, purpose)
    return new Uint8Array(await subtle().decrypt(ONCE, key, wrapped.slice()))
  } catch (error) {
    // What WebCrypto says of keys that are none, and of what was wrapped with another one.
    if (error instanceof DOMException) return undefined
    throw error
  }
}

/** The salt is random, so that each key encrypts once: its nonce need not differ from others'. */
const ONCE: AesGcmParams = { name: 'AES-GCM', iv: new Uint8Array(12) }

const wrappingKey = async (
  own: KeyPair,
  theirs: Uint8Array,
  salt: Uint8Array,
  by: Uint8Array,
  { group, number, to }: WrapPurpose,
): Promise<CryptoKey> => {
  const point = await subtle().importKey('raw', theirs.slice(), CURVE, false, [])
  const shared = await subtle().deriveBits({ name: 'ECDH', public: point }, own.privateKey, 256)
  const material = await subtle().importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(`epaxos secret ${group} ${number} ${encodeHex(by)} ${to}`)
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: salt.slice(), info }
  return subtle().deriveKey(hkdf, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
