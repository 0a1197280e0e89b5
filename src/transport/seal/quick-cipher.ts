/** Larger ones are worth handing to another thread. */
const QUICK_BYTES = 64 << 10

/** What AES-GCM adds. */
const PROOF_BYTES = 16

/** As `node:crypto` has it, as far as it is needed. */
interface NodeCrypto {
  readonly KeyObject: { from(key: CryptoKey): NodeKey }
  createCipheriv(cipher: string, key: NodeKey, iv: Uint8Array, options: ProofOptions): NodeSealing
  createDecipheriv(cipher: string, key: NodeKey, iv: Uint8Array, options: ProofOptions): NodeOpening
}

interface NodeKey {
  readonly symmetricKeySize?: number | undefined
}

interface ProofOptions {
  readonly authTagLength: number
}

interface NodeSealing {
  setAAD(header: Uint8Array): unknown
  update(content: Uint8Array): Uint8Array
  /** Nothing is left. */
  final(): unknown
  getAuthTag(): Uint8Array
}

interface NodeOpening {
  setAAD(header: Uint8Array): unknown
  setAuthTag(proof: Uint8Array): unknown
  update(sealed: Uint8Array): Uint8Array
  /** @throws where it was not sealed with this key, or was changed since */
  final(): unknown
}

/**
 * AES-GCM in the thread that asks: WebCrypto hands each piece to another one, and for small ones the way there and back
 * takes many times what the work does. Only Node has it.
 */
export class QuickCipher {
  readonly #crypto: NodeCrypto
  readonly #keys = new WeakMap<CryptoKey, NodeKey>()

  constructor(crypto: NodeCrypto) {
    this.#crypto = crypto
  }

  /** Header, sealed content, and proof; undefined: this one is not for here. */
  seal(key: CryptoKey, iv: Uint8Array, header: Uint8Array, content: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const known = this.#keyOf(key, content)
    if (known === undefined) return undefined
    const cipher = this.#crypto.createCipheriv(nameOf(known), known, iv, { authTagLength: PROOF_BYTES })
    cipher.setAAD(header)
    const frame = new Uint8Array(header.length + content.length + PROOF_BYTES)
    frame.set(header)
    frame.set(cipher.update(content), header.length)
    cipher.final()
    frame.set(cipher.getAuthTag(), header.length + content.length)
    return frame
  }

  /** The content, or that it does not open; undefined: this one is not for here. */
  open(key: CryptoKey, iv: Uint8Array, header: Uint8Array, rest: Uint8Array): Uint8Array | 'forged' | undefined {
    const known = this.#keyOf(key, rest)
    if (known === undefined) return undefined
    if (rest.length < PROOF_BYTES) return 'forged'
    const cipher = this.#crypto.createDecipheriv(nameOf(known), known, iv, { authTagLength: PROOF_BYTES })
    cipher.setAAD(header)
    cipher.setAuthTag(rest.subarray(rest.length - PROOF_BYTES))
    const content = cipher.update(rest.subarray(0, rest.length - PROOF_BYTES))
    try {
      cipher.final()
    } catch {
      return 'forged'
    }
    return new Uint8Array(content.buffer, content.byteOffset, content.length)
  }

  #keyOf(key: CryptoKey, { length }: Uint8Array): NodeKey | undefined {
    if (length > QUICK_BYTES) return undefined
    let known = this.#keys.get(key)
    if (known === undefined) {
      known = this.#crypto.KeyObject.from(key)
      this.#keys.set(key, known)
    }
    return known
  }
}

const nameOf = ({ symmetricKeySize = 0 }: NodeKey): string => `aes-${8 * symmetricKeySize}-gcm`

let found: { readonly cipher: QuickCipher | undefined } | undefined

/** Undefined where there is none, or where the WebCrypto that is used is not the platform's own. */
export const quickCipherFor = (subtle: SubtleCrypto): QuickCipher | undefined => {
  if (subtle !== globalThis.crypto?.subtle) return undefined
  found ??= { cipher: findCipher() }
  return found.cipher
}

/** What the types of a browser know nothing of. */
interface WithBuiltins {
  readonly process?: { readonly getBuiltinModule?: (name: string) => NodeCrypto | undefined }
}

/** Not imported: what bundles this for browsers would look for it. */
const findCipher = (): QuickCipher | undefined => {
  const crypto = (globalThis as WithBuiltins).process?.getBuiltinModule?.('node:crypto')
  // A stand-in for Node's may lack some of it.
  const isWhole = crypto?.KeyObject?.from !== undefined && crypto.createCipheriv !== undefined
  return isWhole ? new QuickCipher(crypto) : undefined
}
