import type { CryptoKey, JWK, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'
import type { JoinRequest, Refusal, Verdict } from './authorize.js'

export type { Admission, JoinRequest, Refusal, Verdict } from './authorize.js'

/** A public key as JSON, RFC 7517: `kty` is `EC`, `OKP` or `RSA`. */
export interface PublicJwk {
  readonly kty?: string
}

/** How tokens are checked. Exactly one of `secret`, `key` and `jwksUrl` says by what. */
export interface JwtOptions {
  /** Shared with whoever signs, for HS256, HS384 or HS512: at least 32 random bytes. */
  readonly secret?: string | Uint8Array
  /** The public key of whoever signs: a JWK, or PEM text (SPKI), which needs its one algorithm to be named. */
  readonly key?: PublicJwk | string
  /** Where whoever signs publishes its keys: `https://…`. They are fetched at the first join, and again as they change. */
  readonly jwksUrl?: string
  /** What tokens may be signed by. Default: HS256 with a secret; else ES256, EdDSA and RS256. */
  readonly algorithms?: readonly string[]
  /** What the claim `iss` has to be. Default: anything. */
  readonly issuer?: string
  /** What the claim `aud` has to be, or to hold. Default: anything. */
  readonly audience?: string
  /** By how much the clocks of the relay and of whoever signs may differ. Default: 10. */
  readonly clockToleranceSeconds?: number
}

const SHARED: ReadonlySet<string> = new Set(['HS256', 'HS384', 'HS512'])
/** Of a public key. `none`, and what encrypts, is not among them. */
const SIGNED: ReadonlySet<string> = new Set([
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
])
const USUAL_SIGNED = ['ES256', 'EdDSA', 'RS256']
/** As long as the hash: RFC 7518, section 3.2. */
const LEAST_SECRET_BYTES = 32
const CLOCK_TOLERANCE_SECONDS = 10

type Jose = typeof import('jose')
type Key = CryptoKey | JWK | Uint8Array

/**
 * An `authorize` for relays that asks for a signed JSON Web Token. Its claim `room` names the room that it is for, a list of
 * rooms, or `*` for all of them; its claim `exp`, which it must have, is when the socket is closed as `token-expired`.
 *
 * Throws a `TypeError` where the options don't go together. The package `jose` is loaded at once; where there is none, every
 * join is refused, and the relay's log says why.
 */
export const jwtAuthorizer = (options: JwtOptions): ((request: JoinRequest) => Promise<Verdict>) => {
  const algorithms = algorithmsOf(options)
  const { issuer, audience, clockToleranceSeconds = CLOCK_TOLERANCE_SECONDS } = options
  const verifying: JWTVerifyOptions = {
    algorithms: [...algorithms],
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp', 'room'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  }
  const loaded = load(options, algorithms)
  // Told at each join.
  loaded.catch(() => {})
  return async ({ token, room }) => {
    const { jose, key } = await loaded
    if (token === '') return refusal('unauthorized', 'no token')
    let claims: JWTPayload
    try {
      claims = await claimsOf(jose, token, key, verifying)
    } catch (error) {
      return refusalFor(jose, error)
    }
    if (!isFor(room, claims.room)) return refusal('unauthorized', 'its claim room names another one')
    return { admitted: true, expiresAtMs: ((claims.exp ?? 0) + clockToleranceSeconds) * 1000 }
  }
}

const claimsOf = async (
  { jwtVerify, errors }: Jose,
  token: string,
  key: Key | JWTVerifyGetKey,
  verifying: JWTVerifyOptions,
): Promise<JWTPayload> => {
  try {
    return (await jwtVerify(token, key, verifying)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    // It does not say by which of the published keys it is signed: by one of them, then.
    for await (const one of error) {
      try {
        return (await jwtVerify(token, one, verifying)).payload
      } catch (problem) {
        if (!(problem instanceof errors.JWSSignatureVerificationFailed)) throw problem
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

const refusal = (reason: Refusal['reason'], detail: string): Refusal => ({ admitted: false, reason, detail })

const isFor = (room: string, claim: unknown): boolean =>
  claim === '*' || claim === room || (Array.isArray(claim) && (claim.includes('*') || claim.includes(room)))

/** Throws again what is not the token's fault, but that of whoever publishes the keys. */
const refusalFor = ({ errors }: Jose, error: unknown): Refusal => {
  if (error instanceof errors.JWTExpired) return refusal('token-expired', error.message)
  const isTheirs =
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey
  if (isTheirs) return refusal('unauthorized', error.message)
  throw error
}

const algorithmsOf = ({ secret, key, jwksUrl, algorithms }: JwtOptions): readonly string[] => {
  if ([secret, key, jwksUrl].filter((one) => one !== undefined).length !== 1) {
    throw new TypeError('one of secret, key and jwksUrl is needed, and only one')
  }
  if (jwksUrl !== undefined) checkJwksUrl(jwksUrl)
  if (typeof key === 'object' && !['EC', 'OKP', 'RSA'].includes(key.kty ?? '')) {
    throw new TypeError(`a key of kind ${key.kty}: a public one, of kind EC, OKP or RSA, needed`)
  }
  if (typeof key === 'string' && algorithms?.length !== 1) {
    throw new TypeError('a key in PEM does not say what it is for: name its one algorithm in algorithms')
  }
  if (secret !== undefined && bytesOf(secret).length < LEAST_SECRET_BYTES) {
    throw new TypeError(`a secret of ${bytesOf(secret).length} bytes: ${LEAST_SECRET_BYTES} random ones needed`)
  }
  const chosen = algorithms ?? (secret === undefined ? USUAL_SIGNED : ['HS256'])
  const possible = secret === undefined ? SIGNED : SHARED
  // A public key taken for a secret would let in whoever knows it, that is everybody.
  const wrong = chosen.find((algorithm) => !possible.has(algorithm))
  if (wrong !== undefined || chosen.length === 0) {
    const by = secret === undefined ? 'a public key' : 'a secret'
    throw new TypeError(`algorithms: ${wrong ?? 'none at all'} can't be checked by ${by}: ${[...possible].join(', ')}`)
  }
  return chosen
}

/** Keys that came over a line that others can write to would be those of others. */
const checkJwksUrl = (text: string): void => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url?.protocol !== 'https:' && !isLocal) throw new TypeError(`jwksUrl ${JSON.stringify(text)}: https:// needed`)
}

const bytesOf = (secret: string | Uint8Array): Uint8Array =>
  typeof secret === 'string' ? new TextEncoder().encode(secret) : secret

const load = async (
  { secret, key, jwksUrl }: JwtOptions,
  [algorithm = '']: readonly string[],
): Promise<{ jose: Jose; key: Key | JWTVerifyGetKey }> => {
  const jose = await import('jose').catch((cause: unknown) => {
    throw new Error('tokens need the package jose: run `npm install jose`', { cause })
  })
  if (secret !== undefined) return { jose, key: bytesOf(secret) }
  if (jwksUrl !== undefined) return { jose, key: jose.createRemoteJWKSet(new URL(jwksUrl)) }
  if (typeof key === 'string') return { jose, key: await jose.importSPKI(key, algorithm) }
  return { jose, key: key as JWK }
}
