import { built, measured } from './child.js'
import type { CellFigures } from './core/core-cell.js'
import type { HistoryFigures } from './core/core-history.js'
import type { Load } from './core/workload.js'
import { atLeast, atMost, type Bench, type Measure, type Target } from './report.js'
import { median } from './statistics.js'

const VOTERS = [3, 5, 7]
const INTERFERENCE = [0, 2, 100]
const WINDOWS = [1, 100, 1000]

/** Commands of the short history, and of the long one; and how much of the long one is the middle one. */
const SHORT = 10_000
const LONG = 1_000_000
const MIDDLE_SHARE = 1 / 5
/** Where both are measured. */
const AGING: Load = { voters: 3, interference: 0, window: 100, apart: false }
const MIN_RATIO = 0.9
/** Of the heap: so much more than after the short history, and what the collector and the compiler may keep. */
const MAX_GROWTH = 1.2
const SLACK_MEBIBYTES = 4

/** In commands per second of processor time. */
const targets: Readonly<Record<string, Target>> = {
  'n = 3, 0 %, window 100': atLeast(150_000, 300_000),
  'n = 5, 0 %, window 100': atLeast(70_000, 120_000),
  'n = 3, 100 %, window 100': atLeast(100_000, 200_000),
  'n = 3, 100 %, window 1000': atLeast(100_000, 200_000),
}

/** Where all interfere, one at each voter is as much as can be on its way without sharing an instance. */
const loads: readonly Load[] = VOTERS.flatMap((voters) =>
  INTERFERENCE.flatMap((interference) =>
    (interference === 100 ? [1, voters, ...WINDOWS.slice(1)] : WINDOWS).flatMap((window) =>
      (interference === 100 || window === 1 ? [false] : [false, true]).map((apart) => ({
        voters,
        interference,
        window,
        apart,
      })),
    ),
  ),
)

const nameOf = ({ voters, interference, window, apart }: Load): string =>
  `n = ${voters}, ${interference} %, window ${window}${apart ? ', each apart' : ''}`

interface Cell extends CellFigures {
  readonly name: string
}

/** What commands cost replicas that are alone with each other: no disk, no network, no bytes. @param count of the long history */
export const core: Bench = async (count = LONG, say) => {
  if (count < 10 * SHORT) throw new RangeError(`a long history is of ${10 * SHORT} commands or more, not of ${count}`)
  const flags = ['--expose-gc']
  const [program, aged] = [await built('core/core-cell.ts'), await built('core/core-history.ts')]
  const cells: Cell[] = []
  for (const load of loads) {
    const args = [load.voters, load.interference, load.window, load.apart ? 1 : 0].map(String)
    const cell = { name: nameOf(load), ...(await measured<CellFigures>(program, args, flags)) }
    say(`${cell.name}: ${Math.round(median(cell.rates))} commands per CPU second`)
    cells.push(cell)
  }
  say(`${count} commands`)
  const aging = [AGING.voters, AGING.interference, AGING.window, SHORT, MIDDLE_SHARE * count, count].map(String)
  const history = await measured<HistoryFigures>(aged, aging, flags)
  return { about: aboutOf(cells), measures: [...cellMeasures(cells), ...historyMeasures(history, count)], failures: [] }
}

const aboutOf = (cells: readonly Cell[]): readonly string[] => {
  const shares = cells.map(({ clientShare }) => 100 * median(clientShare))
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => share.toFixed(1))
  return [
    'All replicas of a group in one thread, in memory: what one says the others hear in the next turn, as objects that are handed over by reference, and every write is durable at once. No bytes are made of anything.',
    'A command has a payload of 64 bytes and writes one string key: a new one, or, for the given share of all commands, one that they have in common. It counts once it is committed and executed on all replicas. Window: so many commands are on their way at a time, of all voters together, who take turns. Checkpoints are told every 2000 commands, and what all have executed is dropped, as in a room.',
    'A second of processor time (CPU second) is one of the whole process: the collector and the compiler count. Each load has a process of its own, warmed up first.',
    'Commands of one voter share an instance where they interfere with one that is on its way; or where they are proposed in one turn, while several instances are on their way, and nobody else has touched their keys lately (commands per instance says how many). Each apart: the latter is turned off. Where all interfere, one command at each voter, a window of n, is as much as can be on its way with one command per instance.',
    'Processor time of one command: what the whole group spent from one turn that brought commands to their end everywhere to the next such turn, divided by how many these were.',
    'Heap: of all replicas of the group together, who share the commands themselves; before compaction they hold all records, after it they have dropped them; what the collector and the compiler keep for themselves moves by some bytes per command either way.',
    'Yardstick: in place of each replica an echo that hears nothing, and says in new objects what a replica has said under this load: the same loop, queue, number and shape of messages, and clients.',
    'History: new clusters, around their first ten thousand commands; one that has grown, and compacts all the time; and the same one when it is old. New ones are over before the collector has to carry along much of them: what they are faster by is its work, and that of the caches. Whether the past costs anything shows between the one that has grown and the one that is old.',
    `To make the commands is the clients' work, and counted: ${least} to ${most} % of the processor time.`,
  ]
}

const cellMeasures = (cells: readonly Cell[]): readonly Measure[] => {
  const each = (group: string, unit: string, of: (cell: Cell) => readonly number[]): readonly Measure[] =>
    cells.map((cell) => ({ group, name: cell.name, unit, values: of(cell) }))
  return [
    ...cells.map(({ name, rates, echoRates }) => ({
      group: 'Throughput',
      name,
      unit: 'commands per CPU second',
      values: rates,
      ...(targets[name] && { target: targets[name] }),
      yardstick: { what: 'an echo in place of each replica', values: echoRates },
    })),
    ...each('Processor time of one command, p50', 'µs', ({ p50Micros }) => p50Micros),
    ...each('Processor time of one command, p99', 'µs', ({ p99Micros }) => p99Micros),
    ...each('Heap per command, before compaction', 'bytes', ({ heapBefore }) => heapBefore),
    ...each('Heap per command, after compaction', 'bytes', ({ heapAfter }) => heapAfter),
    ...each('Commands per instance', 'commands', ({ commandsPerInstance }) => commandsPerInstance),
    ...each('Messages per command', 'messages', ({ messagesPerCommand }) => messagesPerCommand),
  ]
}

const MEBIBYTE = 2 ** 20

const historyMeasures = (figures: HistoryFigures, count: number): readonly Measure[] => {
  const group = `History, ${nameOf(AGING)}`
  const [young, grown] = [median(figures.young), median(figures.grown)]
  const youngHeap = median(figures.youngHeap) / MEBIBYTE
  const mayBe = Math.ceil(MAX_GROWTH * youngHeap + SLACK_MEBIBYTES)
  const [short, middle, long] = [SHORT, MIDDLE_SHARE * count, count].map(
    (commands) => `after ${commands.toLocaleString('en')} commands`,
  )
  const rate = { group, unit: 'commands per CPU second' }
  const part = { group, unit: '×' }
  const heap = { group, unit: 'MiB' }
  return [
    { ...rate, name: `rate ${short}`, values: figures.young },
    { ...rate, name: `rate ${middle}`, values: figures.grown },
    { ...rate, name: `rate ${long}`, values: figures.old },
    {
      ...part,
      name: `rate ${long}, in parts of that ${short}`,
      values: figures.old.map((rate) => rate / young),
      target: atLeast(MIN_RATIO),
    },
    {
      ...part,
      name: `rate ${long}, in parts of that ${middle}`,
      values: figures.old.map((rate) => rate / grown),
      target: atLeast(MIN_RATIO),
    },
    { ...heap, name: `heap ${short}, compacted`, values: figures.youngHeap.map((bytes) => bytes / MEBIBYTE) },
    {
      ...heap,
      name: `heap ${long}, compacted`,
      values: figures.oldHeap.map((bytes) => bytes / MEBIBYTE),
      target: atMost(mayBe),
    },
  ]
}
