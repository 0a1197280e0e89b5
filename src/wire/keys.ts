import { type Codec, fromBytes, list, record, ruled, toBytes } from './codec.js'
import { WireError } from './error.js'
import { ID_BYTES } from './hex.js'
import { bytes, integer } from './scalar.js'

/** A secret of the group, as it is stored. */
export interface NumberedSecret {
  readonly number: number
  readonly secret: Uint8Array
}

/** What a member keeps of keys: its own pair, and the secrets of the group that it has come to know. */
export interface MemberKeys {
  /** PKCS #8. */
  readonly privateKey: Uint8Array
  /** 65 bytes: a point of P-256. */
  readonly publicKey: Uint8Array
  /** 1 to `MAX_SECRETS`, by number; the last one is the current one. */
  readonly secrets: readonly NumberedSecret[]
}

/** A secret for one member, under a key that it has in common with the one that has made it. */
export interface WrappedSecret {
  readonly number: number
  /** The public key of who has made it. */
  readonly by: Uint8Array
  readonly salt: Uint8Array
  readonly wrapped: Uint8Array
}

/** Of more removals than these no member needs to be told how it once could be spoken to. */
export const MAX_SECRETS = 64

/** Removals of a group, each by hand. */
export const MAX_SECRET_NUMBER: number = 2 ** 32 - 1
const PUBLIC_KEY_BYTES = 65
/** A private key of P-256 takes 138. */
const MAX_PRIVATE_KEY_BYTES = 256
/** A secret, and what authenticates it. */
const WRAPPED_BYTES: number = ID_BYTES + 16
const LIMITS = { bytes: 8192, items: 1024 }

const secretNumber: Codec<number> = integer(0, MAX_SECRET_NUMBER)

const exactly = (length: number): Codec<Uint8Array> =>
  ruled(bytes(length), (value) => {
    if (value.length !== length) throw new WireError('range', `${value.length} bytes, not ${length}`)
  })

const numberedSecret = record<NumberedSecret>({ number: secretNumber, secret: exactly(ID_BYTES) })

const memberKeys = ruled(
  record<MemberKeys>({
    privateKey: bytes(MAX_PRIVATE_KEY_BYTES),
    publicKey: exactly(PUBLIC_KEY_BYTES),
    secrets: list(numberedSecret, 1, MAX_SECRETS),
  }),
  ({ secrets }) => {
    for (const [i, { number }] of secrets.entries()) {
      if (i > 0 && number <= (secrets[i - 1] as NumberedSecret).number) {
        throw new WireError('rule', `secret ${number} stands behind a later one`, 'secrets')
      }
    }
  },
)

const wrappedSecret = record<WrappedSecret>({
  number: secretNumber,
  by: exactly(PUBLIC_KEY_BYTES),
  salt: exactly(ID_BYTES),
  wrapped: exactly(WRAPPED_BYTES),
})

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeMemberKeys = (it: MemberKeys): Uint8Array<ArrayBuffer> => toBytes(memberKeys, it, LIMITS)

/** What `encodeMemberKeys` wrote. Throws a `WireError`. */
export const decodeMemberKeys = (bytes: Uint8Array): MemberKeys => fromBytes(memberKeys, bytes, LIMITS)

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeWrappedSecret = (it: WrappedSecret): Uint8Array<ArrayBuffer> => toBytes(wrappedSecret, it, LIMITS)

/** What `encodeWrappedSecret` wrote. Throws a `WireError`. */
export const decodeWrappedSecret = (bytes: Uint8Array): WrappedSecret => fromBytes(wrappedSecret, bytes, LIMITS)
