import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type JwtOptions, jwtAuthorizer, type Verdict } from './jwt.js'
import { cleanUp, relayWith, Visitor } from './node/stage.js'
import { A, joined } from './stage.js'

const SECRET = new TextEncoder().encode('0123456789abcdef0123456789abcdef')
const nowSeconds = (): number => Math.floor(Date.now() / 1000)

interface Signed {
  readonly claims?: JWTPayload
  readonly key?: Uint8Array | CryptoKey
  readonly header?: { readonly alg: string; readonly kid?: string }
}

const CLAIMS: JWTPayload = { room: 'board', exp: nowSeconds() + 60 }

/** What some of the tests ask for. */
const ISSUED: JWTPayload = { iss: 'https://app.example', aud: 'relay' }
const OURS: JWTPayload = { ...CLAIMS, ...ISSUED }

const sign = ({ claims = CLAIMS, key = SECRET, header = { alg: 'HS256' } }: Signed = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader(header).sign(key)

const ask = (options: JwtOptions, token: string, room = 'board'): Promise<Verdict> =>
  jwtAuthorizer(options)({ token, room, self: A })

const refused = (detail: RegExp, reason = 'unauthorized'): unknown => ({
  admitted: false,
  reason,
  detail: expect.stringMatching(detail),
})

describe('a token signed with a shared secret', () => {
  test('lets into its room until it expires, give or take the clocks', async () => {
    const exp = nowSeconds() + 60
    const token = await sign({ claims: { room: 'board', exp } })
    expect(await ask({ secret: SECRET }, token)).toEqual({ admitted: true, expiresAtMs: (exp + 10) * 1000 })
    expect(await ask({ secret: SECRET, clockToleranceSeconds: 0 }, token)).toMatchObject({ expiresAtMs: exp * 1000 })
    expect(await ask({ secret: SECRET }, token, 'attic')).toEqual(refused(/room names another/))
  })

  test.each<[unknown, boolean]>([
    ['board', true],
    [['attic', 'board'], true],
    ['*', true],
    [['*'], true],
    [['attic'], false],
    [[], false],
    ['boar', false],
    ['boards', false],
    [42, false],
    [{ board: true }, false],
    [null, false],
  ])('whose claim room is %j lets into board: %s', async (room, admitted) => {
    expect(await ask({ secret: SECRET }, await sign({ claims: { ...CLAIMS, room } }))).toMatchObject({ admitted })
  })

  test('that has expired says so, after the tolerance', async () => {
    const token = (agoSeconds: number): Promise<string> =>
      sign({ claims: { ...CLAIMS, exp: nowSeconds() - agoSeconds } })
    expect(await ask({ secret: SECRET }, await token(60))).toEqual(refused(/exp/, 'token-expired'))
    expect(await ask({ secret: SECRET, clockToleranceSeconds: 120 }, await token(60))).toMatchObject({ admitted: true })
  })

  test.each<[string, JWTPayload, RegExp]>([
    ['without an end', { ...ISSUED, room: 'board' }, /exp/],
    ['without a room', { ...ISSUED, exp: nowSeconds() + 60 }, /room/],
    ['not valid yet', { ...OURS, nbf: nowSeconds() + 60 }, /nbf/],
    ['of another issuer', { ...OURS, iss: 'https://evil.example' }, /iss/],
    ['for another audience', { ...OURS, aud: 'billing' }, /aud/],
    ['of nobody', CLAIMS, /iss|aud/],
  ])('%s lets nowhere', async (_what, claims, detail) => {
    const options = { secret: SECRET, issuer: 'https://app.example', audience: 'relay' }
    expect(await ask(options, await sign({ claims }))).toEqual(refused(detail))
  })

  test('of the right issuer for the right audience lets in', async () => {
    const claims = { ...OURS, aud: ['relay', 'billing'] }
    const options = { secret: SECRET, issuer: 'https://app.example', audience: 'relay' }
    expect(await ask(options, await sign({ claims }))).toMatchObject({ admitted: true })
  })

  test('of somebody else’s secret, changed, or none at all lets nowhere', async () => {
    const token = await sign()
    const [head, , signature] = token.split('.')
    const more = Buffer.from(JSON.stringify({ ...CLAIMS, room: '*' })).toString('base64url')
    expect(await ask({ secret: SECRET.toReversed() }, token)).toEqual(refused(/signature/))
    expect(await ask({ secret: SECRET }, `${head}.${more}.${signature}`)).toEqual(refused(/signature/))
    expect(await ask({ secret: SECRET }, '')).toEqual(refused(/no token/))
    for (const text of ['board', '..', 'a.b.c', `${token}.x`, `${head}.e30.`]) {
      expect(await ask({ secret: SECRET }, text)).toMatchObject({ admitted: false, reason: 'unauthorized' })
    }
  })

  test('without a signature lets nowhere, whatever it says of itself', async () => {
    expect(await ask({ secret: SECRET }, new UnsecuredJWT(CLAIMS).encode())).toEqual(refused(/./))
  })

  test('by another algorithm than those allowed lets nowhere', async () => {
    const token = await sign({ header: { alg: 'HS512' } })
    expect(await ask({ secret: SECRET }, token)).toEqual(refused(/alg/))
    expect(await ask({ secret: SECRET, algorithms: ['HS512'] }, token)).toMatchObject({ admitted: true })
  })
})

describe('a token signed with a private key', () => {
  let pair: Awaited<ReturnType<typeof generateKeyPair>>
  let jwk: Awaited<ReturnType<typeof exportJWK>>
  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true })
    jwk = await exportJWK(pair.publicKey)
  })
  const signed = (more: Signed = {}): Promise<string> =>
    sign({ key: pair.privateKey, header: { alg: 'ES256', kid: 'one' }, ...more })

  test('is checked by the public one, as JWK and as PEM', async () => {
    const token = await signed()
    expect(await ask({ key: jwk }, token)).toMatchObject({ admitted: true })
    const pem = await exportSPKI(pair.publicKey)
    expect(await ask({ key: pem, algorithms: ['ES256'] }, token)).toMatchObject({ admitted: true })
    const other = await generateKeyPair('ES256')
    expect(await ask({ key: jwk }, await signed({ key: other.privateKey }))).toEqual(refused(/signature/))
  })

  test('can’t be replaced by one that takes the public key for a secret', async () => {
    const pem = await exportSPKI(pair.publicKey)
    for (const key of [pem, JSON.stringify(jwk)]) {
      const forged = await sign({ key: new TextEncoder().encode(key) })
      expect(await ask({ key: jwk }, forged)).toEqual(refused(/alg/))
      expect(await ask({ key: pem, algorithms: ['ES256'] }, forged)).toEqual(refused(/alg/))
    }
  })

  describe('whose public one is published', () => {
    let published: unknown
    const server = createServer((_request, response) => {
      if (published === undefined) response.writeHead(503).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(published))
    })
    let jwksUrl = ''
    beforeAll(async () => {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
    })
    afterAll(() => new Promise((resolve) => server.close(resolve)))

    test('is checked by the one of its name', async () => {
      published = { keys: [{ ...jwk, kid: 'one', alg: 'ES256' }] }
      expect(await ask({ jwksUrl }, await signed())).toMatchObject({ admitted: true })
      const unknown = await signed({ header: { alg: 'ES256', kid: 'two' } })
      expect(await ask({ jwksUrl }, unknown)).toEqual(refused(/key/))
    })

    test('is checked by all of its kind, where it names none', async () => {
      const other = await generateKeyPair('ES256', { extractable: true })
      const keys = [await exportJWK(other.publicKey), jwk]
      published = { keys: keys.map((one, at) => ({ ...one, kid: `key ${at}`, alg: 'ES256' })) }
      const header = { alg: 'ES256' }
      expect(await ask({ jwksUrl }, await signed({ header }))).toMatchObject({ admitted: true })
      const stranger = await generateKeyPair('ES256')
      expect(await ask({ jwksUrl }, await signed({ header, key: stranger.privateKey }))).toEqual(refused(/signature/))
    })

    test('fails while nobody can fetch it, which is not the token’s fault', async () => {
      published = undefined
      await expect(ask({ jwksUrl }, await signed())).rejects.toThrow(/200/)
    })
  })
})

describe('options that don’t go together', () => {
  const jwk = { kty: 'EC', crv: 'P-256', x: '', y: '' }
  test.each<[string, JwtOptions, RegExp]>([
    ['nothing to check by', {}, /one of secret, key and jwksUrl/],
    ['two things to check by', { secret: SECRET, key: jwk }, /only one/],
    ['a short secret', { secret: 'secret' }, /6 bytes: 32/],
    ['a secret that is called a key', { key: { kty: 'oct' } }, /oct/],
    ['a key that is called an HS256 one', { key: jwk, algorithms: ['HS256'] }, /HS256 can't/],
    ['a secret that is called an ES256 one', { secret: SECRET, algorithms: ['HS256', 'ES256'] }, /ES256 can't/],
    ['no signature', { key: jwk, algorithms: ['none'] }, /none can't/],
    ['no algorithm', { secret: SECRET, algorithms: [] }, /none at all/],
    ['PEM for any algorithm', { key: '-----BEGIN PUBLIC KEY-----' }, /one algorithm/],
    ['keys over a line that others write to', { jwksUrl: 'http://example.org/jwks' }, /https/],
    ['keys from nowhere', { jwksUrl: 'jwks.json' }, /https/],
  ])('%s is refused at once', (_what, options, message) => {
    expect(() => jwtAuthorizer(options)).toThrow(TypeError)
    expect(() => jwtAuthorizer(options)).toThrow(message)
  })
})

describe('a relay that asks for tokens', () => {
  afterEach(cleanUp)

  test('takes who has one, and closes the others', async () => {
    const { url } = await relayWith({ authorize: jwtAuthorizer({ secret: SECRET }) })
    const token = (room: string): Promise<string> => sign({ claims: { ...CLAIMS, room } })
    expect(await (await Visitor.ask(url, A, await token('room'))).next()).toEqual(joined())
    expect(await (await Visitor.ask(url, A, await token('attic'))).closed).toBe(4009)
    expect(await (await Visitor.ask(url, A)).closed).toBe(4009)
  })
})
