import { atMost, type Measure } from '../report.js'
import { median, percentile } from '../statistics.js'
import type { Latencies, Path } from './tab.js'
import { onBareWay, type Tabs } from './tabs.js'

/** Of which the medians count. */
const ROUNDS = 5
/** Before that, in each tab: so that all is compiled. */
const WARM_UP = 300

/** Above what can't be faster: a round trip, and the three writes that come one after the other. In milliseconds. */
const TARGET = { goal: 1, floor: 3 }

const PING: Readonly<Record<Path, string>> = {
  webrtc: 'ping of a bare data channel',
  relay: 'ping of a bare link over the relay',
}

/** One command at a time, of one tab at a time; in turn with bare pings, and bare strict writes of the same tab. */
export const latency = async (
  group: string,
  tabs: Tabs,
  path: Path,
  count: number,
  say: (line: string) => void,
): Promise<readonly Measure[]> => {
  const { pages } = tabs
  const [first, second] = pages
  const pings: (readonly number[])[] = []
  const writes: (readonly number[])[] = []
  const steps: (readonly number[])[] = []
  const commands: Latencies[] = []
  for (const page of pages) await page.evaluate((count) => window.tab.latencies(count), WARM_UP)
  await onBareWay(tabs, path, async () => {
    await first.evaluate((count) => window.yardsticks.pings(count), WARM_UP)
    await repeated(async (round) => {
      const page = pages[round % pages.length] ?? first
      pings.push(await first.evaluate((count) => window.yardsticks.pings(count), count))
      writes.push(await page.evaluate((count) => window.yardsticks.strictWrites(count), count))
      commands.push(await page.evaluate((count) => window.tab.latencies(count), count))
    })
  })
  await onBareWay(tabs, path, async () => {
    await second.evaluate(() => window.yardsticks.echoWritten())
    await repeated(async () => steps.push(await first.evaluate((count) => window.yardsticks.steps(count), count)))
  })
  const commit = commands.map((each) => each.commit)
  const execute = commands.map((each) => each.execute)
  const least = p50s(pings).map((ms, round) => ms + 3 * (p50s(writes)[round] ?? Number.NaN))
  say(`${group}: ${JSON.stringify({ execute: p50s(execute).map(tenths), least: least.map(tenths) })}`)
  const bound = median(least)
  const target = atMost(tenths(bound + TARGET.floor), tenths(bound + TARGET.goal))
  const ms = (name: string, values: readonly number[]): Measure => ({ group, name, unit: 'ms', values })
  return [
    ms(`${PING[path]}, p50`, p50s(pings)),
    ms(`${PING[path]}, p99`, p99s(pings)),
    ms('strict write, p50', p50s(writes)),
    ms('strict write, p99', p99s(writes)),
    ms('the same steps with nothing around them, p50', p50s(steps)),
    ms('the same steps with nothing around them, p99', p99s(steps)),
    ms('commit, p50', p50s(commit)),
    ms('commit, p99', p99s(commit)),
    {
      ...ms('execute, p50', p50s(execute)),
      yardstick: { what: 'a ping and three strict writes', values: least },
      ...(path === 'webrtc' && { target }),
    },
    ms('execute, p99', p99s(execute)),
  ]
}

const repeated = async (act: (round: number) => Promise<unknown>): Promise<void> => {
  for (let round = 0; round < ROUNDS; round++) await act(round)
}

type Rounds = readonly (readonly number[])[]

const p50s = (rounds: Rounds): readonly number[] => rounds.map((each) => percentile(each, 0.5))
const p99s = (rounds: Rounds): readonly number[] => rounds.map((each) => percentile(each, 0.99))

const tenths = (value: number): number => Math.round(10 * value) / 10
