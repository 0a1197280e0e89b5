import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type JwtOptions, jwtAuthorizer } from '../relay/jwt.js'
import { type Relay, type RelayOptions, startRelay } from '../relay/node.js'
import { redisElsewhere } from '../relay/redis.js'
import type { CliIo, Command } from './command.js'
import { type Log, logFormatOf, logTo } from './log.js'

const USAGE = `usage: epaxos relay [options]

Runs a relay: it tells the members of a room of each other and forwards what they send.
  --port             where to listen; 0 takes a free port (default 8787)
  --host             which address to listen on; 0.0.0.0 for all of them (default 127.0.0.1)
  --origin           a page's origin that may connect, https://example.org; may be repeated (default: all of them)
  --jwt-secret-file  lets in only who has a token that is signed with the secret in this file
  --jwks-url         lets in only who has a token that is signed with one of the keys published there
  --jwt-issuer       what a token's claim iss has to be
  --jwt-audience     what a token's claim aud has to be
  --trust-proxy      the header in which the proxy in front says who connects, x-forwarded-for for example
  --redis            redis://… of the Redis over which several relays are one service. Arguments are seen by all users of
                     a machine: better set EPAXOS_REDIS_URL
  --max-sockets      how many may be connected (default 4096)
  --max-sockets-per-address  how many of them from one network address (default 1024)
  --max-peers-per-room       how many members a room may have here (default 512)
  --metrics          answers /metrics, to whoever asks
  --drain-seconds    over how long sockets are closed, room by room, when the process is asked to stop (default 5)
  --log              what to log, to standard error: text, json or none (default text)
  --help             this text

  EPAXOS_REDIS_URL   as --redis`

const options = {
  port: { type: 'string', default: '8787' },
  host: { type: 'string', default: '127.0.0.1' },
  origin: { type: 'string', multiple: true },
  'jwt-secret-file': { type: 'string' },
  'jwks-url': { type: 'string' },
  'jwt-issuer': { type: 'string' },
  'jwt-audience': { type: 'string' },
  'trust-proxy': { type: 'string' },
  redis: { type: 'string' },
  'max-sockets': { type: 'string' },
  'max-sockets-per-address': { type: 'string' },
  'max-peers-per-room': { type: 'string' },
  metrics: { type: 'boolean', default: false },
  'drain-seconds': { type: 'string', default: '5' },
  log: { type: 'string', default: 'text' },
} as const

const run = async (argv: readonly string[], io: CliIo): Promise<number> => {
  const { values } = parseArgs({ args: [...argv], options })
  // Node would take it for all addresses.
  if (values.host === '') throw new Error('--host is empty: name an address, 0.0.0.0 for all of them')
  const port = numberOf('port', values.port, 0, 65_535)
  const graceMs = 1000 * numberOf('drain-seconds', values['drain-seconds'], 0, 3600)
  const log = logTo(io.err, logFormatOf(values.log))
  const relay = await listen({
    ...(await doorOf(values)),
    ...(await othersOf(values.redis ?? io.env.EPAXOS_REDIS_URL, log)),
    ...(values['trust-proxy'] === undefined ? {} : { trustProxy: values['trust-proxy'] }),
    port,
    host: values.host,
    limits: limitsOf(values),
    metrics: values.metrics,
    logger: log,
  })
  // Before the URL is told: who reads it may ask to stop at once.
  const stopped = io.stop()
  io.out(`relay listening on ${relay.url}`)
  await stopped
  await relay.drain({ graceMs })
  await relay.close()
  return 0
}

/** `epaxos relay` */
export const relay: Command = {
  name: 'relay',
  summary: 'runs a relay, where the members of rooms meet',
  usage: USAGE,
  run,
}

interface DoorValues {
  readonly origin?: readonly string[] | undefined
  readonly 'jwt-secret-file'?: string | undefined
  readonly 'jwks-url'?: string | undefined
  readonly 'jwt-issuer'?: string | undefined
  readonly 'jwt-audience'?: string | undefined
}

/** Who may come in. */
const doorOf = async (values: DoorValues): Promise<Pick<RelayOptions, 'origins' | 'authorize'>> => {
  const { origin, 'jwt-secret-file': secretFile, 'jwks-url': jwksUrl } = values
  const { 'jwt-issuer': issuer, 'jwt-audience': audience } = values
  const origins = origin === undefined ? {} : { origins: origin }
  if (secretFile === undefined && jwksUrl === undefined) {
    if (issuer === undefined && audience === undefined) return origins
    throw new Error('--jwt-issuer and --jwt-audience need tokens: add --jwt-secret-file or --jwks-url')
  }
  if (secretFile !== undefined && jwksUrl !== undefined) throw new Error('--jwt-secret-file and --jwks-url: take one')
  const claims = { ...(issuer === undefined ? {} : { issuer }), ...(audience === undefined ? {} : { audience }) }
  const key: JwtOptions = secretFile === undefined ? { jwksUrl: jwksUrl ?? '' } : { secret: await secretIn(secretFile) }
  return { ...origins, authorize: jwtAuthorizer({ ...key, ...claims }) }
}

/** Editors end a file with a line break that is no part of the secret. */
const secretIn = async (file: string): Promise<string> => {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw new Error(`--jwt-secret-file ${file} can't be read: ${said(error)}`)
  }
}

/** The other relays of the service. */
const othersOf = async (url: string | undefined, log: Log): Promise<Pick<RelayOptions, 'elsewhere'>> => {
  if (url === undefined) return {}
  const onState = (up: boolean, problem: Error | undefined): void => {
    if (up) log.info('redis connected')
    else log.warn('redis out of reach: the rooms of this relay go on by themselves', { problem: problem?.message })
  }
  return { elsewhere: await redisElsewhere({ url, onState }) }
}

interface LimitValues {
  readonly 'max-sockets'?: string | undefined
  readonly 'max-sockets-per-address'?: string | undefined
  readonly 'max-peers-per-room'?: string | undefined
}

const limitsOf = (values: LimitValues): NonNullable<RelayOptions['limits']> => {
  const limit = (option: keyof LimitValues, most: number): number | undefined => {
    const text = values[option]
    return text === undefined ? undefined : numberOf(option, text, 1, most)
  }
  const sockets = limit('max-sockets', 1_000_000)
  const socketsPerAddress = limit('max-sockets-per-address', 1_000_000)
  const peersPerRoom = limit('max-peers-per-room', 512)
  return {
    ...(sockets === undefined ? {} : { sockets }),
    ...(socketsPerAddress === undefined ? {} : { socketsPerAddress }),
    ...(peersPerRoom === undefined ? {} : { peersPerRoom }),
  }
}

const numberOf = (option: string, text: string, least: number, most: number): number => {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new Error(`--${option} ${JSON.stringify(text)} is not a number from ${least} to ${most}`)
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const listen = async (
  relayOptions: RelayOptions & { readonly port: number; readonly host: string },
): Promise<Relay> => {
  const { port, host } = relayOptions
  try {
    return await startRelay(relayOptions)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') throw new Error(`port ${port} on ${host} is in use: choose another with --port`)
    if (code === 'EACCES') throw new Error(`port ${port} may not be listened on by this user: choose one above 1023`)
    // What was said of an option needs no more.
    if (code === undefined) throw error
    throw new Error(`can't listen on ${host} port ${port}: ${said(error)}`)
  }
}
