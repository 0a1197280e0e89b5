import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ensureProgram, type Program, requireProgram } from './program.js'

const REDIS: Program = {
  name: 'redis-server',
  variable: 'REDIS_SERVER_PATH',
  commands: ['redis-server', 'valkey-server'],
  packages: { debian: 'redis-server', ubuntu: 'redis-server' },
  remedy: 'run `apt-get install redis-server`, or what installs it on this system',
}

/** Installs a Redis server where there is none; throws one line that says how to get it where that fails. */
export const ensureRedis = (): void => ensureProgram(REDIS)

/** A server that answers by then never does: it keeps nothing that it would have to load. */
const START_DEADLINE_MS = 10_000
const LOOK_MS = 20

export interface RedisServer {
  readonly url: string
  /** As a crash of the machine would, without a word to anybody. Resolves once it is gone. */
  kill(): Promise<void>
  /** It holds its connections, and says nothing, until `thaw`. */
  freeze(): void
  thaw(): void
  /** On the same port. Resolves once it answers. */
  start(): Promise<void>
  /** Ends it, and removes its folder. Idempotent. */
  stop(): Promise<void>
}

/** A Redis of our own on a free port of this machine alone, in a folder of its own, which stores nothing. */
export const startRedis = async (): Promise<RedisServer> => {
  const command = requireProgram(REDIS)
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-redis-'))
  const port = await freePort()
  let server: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    const running = server
    server = undefined
    if (running === undefined || running.exitCode !== null) return
    const gone = once(running, 'exit')
    running.kill('SIGKILL')
    await gone
  }
  const start = async (): Promise<void> => {
    const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' }
    const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
    const started = spawn(command, options, { stdio: 'ignore' })
    server = started
    await answers(port, started)
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    start,
    stop: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Taken by nobody a moment ago, which is as much as can be known. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const answers = async (port: number, server: ChildProcess): Promise<void> => {
  const deadline = AbortSignal.timeout(START_DEADLINE_MS)
  while (!(await isListening(port))) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with code ${server.exitCode}`)
    if (deadline.aborted) throw new Error(`redis-server does not answer on port ${port} after ${START_DEADLINE_MS} ms`)
    await pause(LOOK_MS)
  }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.end())
  })
