import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { startRelay } from 'epaxos/relay/node'
import { installIndexedDb } from '../../bench/memory-indexeddb.js'
import { short } from '../../bench/report.js'
import { Clients, HOT_KEY } from './clients.js'
import { Company } from './company.js'
import { type Gauge, judge } from './flat.js'

/**
 * `npm run soak -- [--minutes M]`: a room that lives for ten minutes, or M. Five members on a real relay, clients at a
 * constant rate, observers that come and go, voters that are replaced. Once it has warmed up, nothing may grow any more:
 * not the heap, not what the replicas hold, not what is stored. Exits with 1 where something does, where the members end
 * with different states, or where a command was lost, or executed twice. A run of seconds shows only that it all works.
 */

/** By then everything is compiled, full and moving; of a short run, half of it. */
const WARM_UP_MINUTES = 1
const SAMPLES = 60
const STEPS = 24
/** Every so many steps of the churn a voter is replaced: an epoch that lasts is compacted several times. */
const STEPS_PER_VOTER = 6
/** A member needs as long to come, in a short run. */
const LEAST_STEP_MS = 2000
const PROGRESS_MS = 5000
/** What is not answered by then never will be, nor does anybody catch up. */
const PATIENCE_MS = 60_000

const MIB = 2 ** 20
const inMib = (bytes: number): string => `${short(bytes / MIB)} MiB`

// What builds up until it is cleared away. A session table grows by 4096 results before it is swept, at each of five
// members. A voter has its peers forget what is in its checkpoint, of 2000 commands each; they do so two checkpoints later.
const heap: Gauge = { name: 'heap', show: inMib, tooth: 8 * MIB, points: [] }
const instances: Gauge = { name: 'instances held by a replica', show: short, tooth: 4000, points: [] }
const cells: Gauge = { name: 'cells stored', show: short, tooth: 8000, points: [] }
const bytes: Gauge = { name: 'bytes stored', show: inMib, tooth: 2 * MIB, points: [] }
const gauges = [heap, instances, cells, bytes]

const USAGE = 'usage: npm run soak -- [--minutes M], a number above 0'

const parsed = (): number => {
  try {
    const { minutes } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } }).values
    const read = Number(minutes)
    if (Number.isFinite(read) && read > 0) return read
  } catch {
    // As for a number that is none.
  }
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}

const minutes = parsed()
const { gc } = globalThis
if (gc === undefined) throw new Error('the heap can only be measured with node --expose-gc')
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

installIndexedDb()
const relay = await startRelay()
const company = new Company(relay.url)
await company.found()
for (const keeping of ['stored', 'memory', 'memory', 'memory'] as const) await company.come(keeping)
await company.complete()

const start = performance.now()
const elapsedMinutes = (): number => (performance.now() - start) / 60_000
const clients = new Clients()

const sample = (): void => {
  gc()
  const now = elapsedMinutes()
  if (now < Math.min(WARM_UP_MINUTES, minutes / 2)) return
  const { members } = company
  const held = members.map(({ room }) => room.trace(Number.MAX_SAFE_INTEGER).reduce((sum, row) => sum + row.length, 0))
  const stored = members.map((member) => company.stored(member))
  heap.points.push({ x: now, y: process.memoryUsage().heapUsed })
  instances.points.push({ x: now, y: Math.max(...held) })
  cells.points.push({ x: now, y: Math.max(...stored.map((each) => each.cells)) })
  bytes.points.push({ x: now, y: Math.max(...stored.map((each) => each.bytes)) })
}

const summary = (): string => {
  const { epoch } = company.members[0]?.room.status.get() ?? {}
  const { latencies, answered } = clients
  const ms = (microseconds: number): string => `${short(microseconds / 1000)} ms`
  return (
    `${short(answered / elapsedMinutes() / 60)} commands/s, p50 ${ms(latencies.percentile(50))}, ` +
    `p99 ${ms(latencies.percentile(99))}, longest ${ms(latencies.max)}, ` +
    `epoch ${epoch}, ${company.replaced} voters replaced, ${company.compactions} compactions`
  )
}

const progress = (): void => {
  const now = gauges.map(({ name, show, points }) => `${name} ${points.length ? show(points.at(-1)?.y ?? 0) : '–'}`)
  say(`${elapsedMinutes().toFixed(1)} min: ${summary()}; ${now.join(', ')}`)
}

const over = new AbortController()
const churn = async (): Promise<void> => {
  for (let step = 1; ; step++) {
    const { signal } = over
    await pause(Math.max(LEAST_STEP_MS, (minutes * 60_000) / STEPS), undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    if (step % STEPS_PER_VOTER === 0) await company.replaceVoter()
    else if (step % 2 === 1) await company.dismissObserver()
    else await company.come('memory')
  }
}

const timers = [setInterval(sample, (minutes * 60_000) / SAMPLES), setInterval(progress, PROGRESS_MS)]
const churning = churn()
await clients.run(minutes * 60_000, () => company.members.map(({ room }) => room))
for (const timer of timers) clearInterval(timer)
over.abort()
await churning

const isSettled = (): boolean => {
  const contents = company.members.map(({ room }) => Object.fromEntries(room.executed.get().scan()))
  return clients.underWay === 0 && contents.every((each) => isDeepStrictEqual(each, contents[0]))
}
const patience = AbortSignal.timeout(PATIENCE_MS)
while (!isSettled() && !patience.aborted) await pause(50)
const failures = [...clients.failures]
if (clients.underWay > 0) failures.push(`${clients.underWay} commands were never answered`)
else if (!isSettled()) failures.push('the members have different states')
const hot = Number(company.members[0]?.room.executed.get().get(HOT_KEY))
if (!(clients.added <= hot && hot <= clients.added + clients.unknown)) {
  failures.push(`${clients.added} additions were answered, ${clients.unknown} are unknown, and ${hot} were executed`)
}
for (const gauge of gauges) {
  const { rise, allowed, flat } = judge(gauge)
  const line = `${gauge.name}: ${gauge.show(rise)} more in the time measured, at most ${gauge.show(allowed)} allowed`
  say(line)
  if (!flat) failures.push(line)
}
const result = summary()
await company.close()
await relay.close()
say(`soak, ${minutes} min: ${result}: ${failures.length === 0 ? 'flat' : `FAILED: ${failures.join('; ')}`}`)
if (failures.length > 0) process.exitCode = 1
