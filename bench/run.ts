import { parseArgs } from 'node:util'
import { type Bench, faultsOf, linesOf, machine } from './report.js'

/**
 * `npm run bench -- NAME [--count N] [--json]`: measures, on real parts, what the library promises, and exits with 1
 * where it falls short of that.
 *
 *     core       replicas in one thread, in memory: commands per second of processor time
 *     wire       messages to bytes and back; bytes on the wire
 *     store      records per second into IndexedDB and lmdb, beside bare writes
 *     node       three processes on this machine, over WebSocket, on disks and in memory
 *     browser    three tabs, over WebRTC and over the relay
 *     wan        five cities, and three, in the simulator, beside Multi-Paxos and the optimum
 *     scale      what a command costs as observers, voters, keys, values, snapshots grow
 *     size       what a page loads, beside what others load
 *     restart    a voter with `--count` commands (100000) in its log, from its start to its first answer
 *     observers  `--count` observers (200) of one room, while its voters work: what each of them costs
 *     lab        how smoothly the Lab draws a run with 500 instances in view, `--count` times (1)
 */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  core: async () => (await import('./core.js')).core,
  wire: async () => (await import('./wire.js')).wire,
  store: async () => (await import('./store.js')).store,
  node: async () => (await import('./node.js')).node,
  browser: async () => (await import('./browser.js')).browser,
  wan: async () => (await import('./wan.js')).wan,
  scale: async () => (await import('./scale.js')).scale,
  size: async () => (await import('./size.js')).size,
  restart: async () => (await import('./restart.js')).restart,
  observers: async () => (await import('./observers.js')).observers,
  lab: async () => (await import('./lab.js')).lab,
}

const USAGE = `usage: npm run bench -- ${Object.keys(benches).join('|')} [--count N] [--json]`

const options = { count: { type: 'string' }, json: { type: 'boolean', default: false } } as const

const refuse = (reason: string): never => {
  process.stderr.write(`${reason}; ${USAGE}\n`)
  process.exit(2)
}

const parsed = (): { readonly name: string; readonly count: number | undefined; readonly json: boolean } => {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const { count, json } = values
    const [name = '', surplus] = positionals
    if (!Object.hasOwn(benches, name) || surplus !== undefined) return refuse('name one bench')
    if (count !== undefined && !/^[1-9]\d{0,6}$/.test(count)) return refuse('--count takes a whole number from 1')
    return { name, count: count === undefined ? undefined : Number(count), json }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

const { name, count, json } = parsed()
const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}
const bench = await (benches[name] as () => Promise<Bench>)()
const report = await bench(count, say)
const faults = faultsOf(report)
const verdict = faults.length === 0 ? 'passed' : `failed: ${faults.join('; ')}`
process.stdout.write(
  json
    ? `${JSON.stringify({ bench: name, machine: machine(), ...report, faults }, undefined, 2)}\n`
    : `${[machine(), ...linesOf(report), `${name}: ${verdict}`].join('\n')}\n`,
)
if (faults.length > 0) process.exitCode = 1
