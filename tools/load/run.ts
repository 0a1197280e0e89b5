import { parseArgs } from 'node:util'
import { short } from '../../bench/report.js'
import { type Half, type LoadOptions, percentileMs, runLoad, shown } from './load.js'
import { checkOpenFiles } from './open-files.js'

/**
 * `npm run load -- [--seconds 300] [--sockets 1000] [--rooms 200] [--rate 2]`: one relay, and so many sockets that each send
 * so many messages a second, within the relay's limits, to others of their room. In the second half some who are sent a lot
 * read nothing any more. Exits with 1 where a message is lost, comes twice or out of order, where the slow readers slow the
 * others, or where the relay needs more than its share of a core.
 */

const USAGE = 'usage: npm run load -- [--seconds 300] [--sockets 1000] [--rooms 200] [--rate 2]'

/** Of one core: above that, latency is that of a queue. */
const MOST_CPU_SHARE = 0.7
/** What the others may wait longer, at the 99th percentile, while some do not read: twice as long, and a machine's whim. */
const SLOWED_FACTOR = 2
const SLOWED_MS = 50
/** Who stands still for longer has sockets that the relay takes for dead. */
const MOST_LATE_MS = 2000
/** Below that, a slow reader has not even been noticed. */
const LEAST_SECONDS_TO_JUDGE = 60

const parsed = (): LoadOptions => {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '300' },
        sockets: { type: 'string', default: '1000' },
        rooms: { type: 'string', default: '200' },
        rate: { type: 'string', default: '2' },
      },
    })
    const [seconds, sockets, rooms, rate] = [values.seconds, values.sockets, values.rooms, values.rate].map(Number)
    if (isAbove(seconds, 0) && isAbove(rate, 0) && isAbove(rooms, 0) && isAbove(sockets, 2 * rooms - 1)) {
      return { seconds, sockets: Math.floor(sockets), rooms: Math.floor(rooms), messagesPerSecond: rate }
    }
  } catch {
    // As for numbers that are none.
  }
  process.stderr.write(`${USAGE}: numbers above 0, and at least two sockets for each room\n`)
  process.exit(2)
}

const isAbove = (value: number | undefined, bound: number): value is number =>
  Number.isFinite(value) && Number(value) > bound

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const options = parsed()
checkOpenFiles(2 * options.sockets)
const { reading, stalled, readers, sent, arrived, failures } = await runLoad(options, say)

const faults = [...failures]
const isLong = options.seconds >= LEAST_SECONDS_TO_JUDGE
const [before, after] = [percentileMs(reading, 99), percentileMs(stalled, 99)]
if (isLong && after > SLOWED_FACTOR * before + SLOWED_MS) {
  faults.push(`slow readers slow the others: p99 ${short(after)} ms, and ${short(before)} ms without them`)
}
if (isLong && !wasNoticed(stalled)) faults.push('no slow reader was ever closed or spared a frame: nothing was shown')
for (const { relay } of [reading, stalled]) {
  if (relay.cpuShare > MOST_CPU_SHARE) faults.push(`the relay needs ${short(relay.cpuShare * 100)} % of a core`)
}

const lateMs = Math.max(reading.lateMs, stalled.lateMs)
if (lateMs > MOST_LATE_MS)
  faults.push(`this machine is too busy to measure anything: we were late by ${short(lateMs)} ms`)

const { seconds, sockets, rooms } = options
say(
  `load, ${seconds} s, ${sockets} sockets in ${rooms} rooms: ${arrived} of ${sent} messages arrived ` +
    `(${short(arrived / seconds)}/s); ${shown(reading)}; while ${readers} do not read ${shown(stalled)}: ` +
    `${faults.length === 0 ? 'nothing lost, nobody slowed' : `FAILED: ${faults.join('; ')}`}`,
)
if (faults.length > 0) process.exitCode = 1

function wasNoticed({ relay }: Half): boolean {
  const { framesDropped, closed } = relay.counters
  return framesDropped > 0 || (closed.unresponsive ?? 0) > 0
}
