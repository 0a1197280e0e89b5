import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { type Relay, startRelay } from '../relay/node.js'

/** What the command needs of its process. */
export interface CliIo {
  out(line: string): void
  err(line: string): void
  /** Resolves when the process is asked to stop. */
  stop(): Promise<void>
}

const USAGE = `usage: epaxos relay [--port <number>] [--host <address>]

Runs a relay: it tells the members of a room of each other and forwards what they send.
  --port     where to listen; 0 takes a free port (default 8787)
  --host     which address to listen on; 0.0.0.0 for all of them (default 127.0.0.1)
  --help     this text
  --version  the version of this program`

const DEFAULT_PORT = 8787

/** Wrong usage, or a port that can't be had: something the caller can change. */
const USAGE_EXIT_CODE = 2

/** Runs one command line, without the program's name, to its end; the exit code. Never rejects. */
export const run = async (argv: readonly string[], io: CliIo): Promise<number> => {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        port: { type: 'string', default: String(DEFAULT_PORT) },
        host: { type: 'string', default: '127.0.0.1' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    })
    const [command, surplus] = positionals
    if (values.help || command === 'help') {
      io.out(USAGE)
      return 0
    }
    if (values.version) {
      io.out(version())
      return 0
    }
    if (command === undefined) throw new Error('no command')
    if (command !== 'relay') throw new Error(`unknown command ${JSON.stringify(command)}`)
    if (surplus !== undefined) throw new Error(`unexpected argument ${JSON.stringify(surplus)}`)
    // Node would take it for all addresses.
    if (values.host === '') throw new Error('--host is empty: name an address, 0.0.0.0 for all of them')
    const relay = await listen(portOf(values.port), values.host)
    // Before the URL is told: who reads it may ask to stop at once.
    const stopped = io.stop()
    io.out(`relay listening on ${relay.url}`)
    await stopped
    await relay.close()
    return 0
  } catch (error) {
    io.err(`epaxos: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return USAGE_EXIT_CODE
  }
}

/** Of the package, whose manifest is as far from the built file as from this one. */
const version = (): string => {
  const manifest: { readonly version: string } = createRequire(import.meta.url)('../../package.json')
  return manifest.version
}

const portOf = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new Error(`--port ${JSON.stringify(text)} is not a number from 0 to 65535`)
  return port
}

const listen = async (port: number, host: string): Promise<Relay> => {
  try {
    return await startRelay({ port, host })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') throw new Error(`port ${port} on ${host} is in use: choose another with --port`)
    if (code === 'EACCES') throw new Error(`port ${port} may not be listened on by this user: choose one above 1023`)
    throw new Error(`can't listen on ${host} port ${port}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
