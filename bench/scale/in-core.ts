import { readRange, type Span, write } from 'epaxos/core'
import { Cluster, type Load } from './cluster.js'
import { costsOf, type Step, spentMicros } from './costs.js'

/** In core alone: objects are handed over, nothing is encoded, nothing is applied. */

const VOTERS = 3
const WINDOW = 100
/** Few enough for observers to be told often, and for 200 of them to keep up. */
const OBSERVED_WINDOW = 10
/** Between two looks at the clock, which takes about as long as the smallest turn: so many turns, or commands. */
const TURNS = 32
const COMMANDS = 500
/** As many as a command may touch. */
const KEYS_PER_COMMAND = 64
/** Of each range. */
const KEYS_PER_RANGE = 100

/** Each command writes a key of its own. */
const ownKey = (sequence: number): readonly Span[] => [write(`key/${sequence}`)]

export const withVoters = (voters: number, repeats: number): Promise<Step> =>
  perCommand({ voters, window: WINDOW, spansOf: ownKey, compacts: true }, repeats, 'linear')

export const withInFlight = (window: number, repeats: number): Promise<Step> =>
  perCommand({ voters: VOTERS, window, spansOf: ownKey, compacts: true }, repeats, 'flat')

/** As many keys are in the index, each was written once; then one of them after the other is written again. */
export const withKeys = (keys: number, repeats: number): Promise<Step> => overKeys(keys, repeats, () => false)

/** The same among 100 000 keys, where some commands read 100 neighbours. @param percent of the commands */
export const withRanges = (percent: number, repeats: number): Promise<Step> =>
  overKeys(100_000, repeats, (sequence) => scattered(sequence, 100) < percent)

const overKeys = (keys: number, repeats: number, isRange: (sequence: number) => boolean): Promise<Step> => {
  const filling = Math.ceil(keys / KEYS_PER_COMMAND)
  const spansOf = (sequence: number): readonly Span[] => {
    if (sequence <= filling) {
      const first = (sequence - 1) * KEYS_PER_COMMAND
      const count = Math.min(KEYS_PER_COMMAND, keys - first)
      return Array.from({ length: count }, (_, i) => write(keyOf(scattered(first + i, keys))))
    }
    const at = scattered(sequence, keys)
    return isRange(sequence) ? [readRange(keyOf(at), keyOf(at + KEYS_PER_RANGE))] : [write(keyOf(at))]
  }
  return perCommand({ voters: VOTERS, window: WINDOW, spansOf, compacts: false }, repeats, 'flat', filling)
}

/** @param filling commands that come first, and don't count */
const perCommand = async (
  load: Load,
  repeats: number,
  grows: 'flat' | 'linear',
  filling: number = 0,
): Promise<Step> => {
  const cluster = new Cluster(load)
  const prepare = (): boolean => {
    cluster.vote()
    return cluster.finished < filling
  }
  const { values, cut } = await costsOf({ repeats, least: 3 * load.window, prepare }, () => {
    const before = cluster.finished
    for (let i = 0; i < TURNS && cluster.finished - before < COMMANDS; i++) cluster.vote()
    return cluster.finished - before
  })
  return { figures: [{ name: undefined, unit: 'µs', values: values[0] ?? [], grows }], cut }
}

/** What observers cost the voters, all together, and what each of them takes itself. */
export const withObservers = async (observers: number, repeats: number): Promise<Step> => {
  const cluster = new Cluster({ voters: VOTERS, observers, window: OBSERVED_WINDOW, spansOf: ownKey, compacts: true })
  let votersMicros = 0
  let observersMicros = 0
  const clocks = [() => votersMicros, () => observersMicros / observers]
  // They are told once in as many milliseconds as there are of them: after one round of the voters, which takes three.
  const least = 2 * observers * Math.ceil(OBSERVED_WINDOW / 3)
  const { values, cut } = await costsOf({ repeats, least, clocks }, () => {
    const before = cluster.finished
    for (let i = 0; i < TURNS; i++) {
      const start = spentMicros()
      cluster.vote()
      const voted = spentMicros()
      cluster.follow()
      votersMicros += voted - start
      observersMicros += spentMicros() - voted
    }
    return cluster.finished - before
  })
  const [voters = [], each = []] = values
  if (cluster.followed === 0) throw new Error('some observer was told nothing')
  return {
    figures: [
      { name: 'the voters', unit: 'µs', values: voters, grows: 'linear' },
      { name: 'each observer', unit: 'µs', values: each, grows: 'flat' },
    ],
    cut,
  }
}

/** Of equal length, so that they have the order of their numbers. */
const keyOf = (number: number): string => `key/${String(number).padStart(7, '0')}`

/** Numbers below `limit`, each once in `limit` of them, far from the one before. */
const scattered = (i: number, limit: number): number => (i * STRIDE) % limit
/** A prime, and no limit's divisor. */
const STRIDE = 611_953
