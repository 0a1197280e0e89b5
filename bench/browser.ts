import type { Figures } from './browser/figures.js'
import { latency } from './browser/latency.js'
import { load } from './browser/load.js'
import type { Path } from './browser/tab.js'
import { inRoom, inTabs, type Tabs } from './browser/tabs.js'
import type { Bench, Measure } from './report.js'

/** In each round: commands, pings, and writes, one after the other. */
const COUNT = 200
/** Calls of each tab under way at a time. */
const WINDOWS = [1, 32, 256]

const NAMES: Readonly<Record<Path, string>> = { webrtc: 'over WebRTC', relay: 'over the relay' }

/** Three tabs, three voters: how long a command takes, how many there can be, and what they cost a page. */
export const browser: Bench = (count = COUNT, say) =>
  inTabs(async (tabs) => ({
    about: [
      'Three voters in three tabs of one headless Chromium, whose profile is on a disk; IndexedDB strict; all on this machine.',
      'A command sets a key of 16 bytes to a text of 64. Each tab has 1000 keys of its own: nothing interferes.',
      'Latency: one command at a time, of one tab at a time. Load: each tab has so many under way, always.',
      'Before a command is executed it waits for a write, a message, a write at another voter, the answer, and a write. Those',
      'steps with nothing around them are a tab that does just that with a second one: more than the sum of what each takes alone.',
      'The databases of the three tabs are one of the browser: their writes wait for each other, as those of three devices do not.',
      "The first tab draws in every frame, and frames are its own. What a main thread computes is the other two's: for each",
      'command of any tab, since each tab votes on and executes them all. Headless, none of the tabs is slowed down.',
    ],
    measures: [...(await over(tabs, 'webrtc', count, say)), ...(await over(tabs, 'relay', count, say))],
    failures: [],
  }))

const over = (tabs: Tabs, path: Path, count: number, say: (line: string) => void): Promise<readonly Measure[]> =>
  inRoom(tabs, path, async () => {
    const group = NAMES[path]
    const measures = [...(await latency(`${group}, one at a time`, tabs, path, count, say))]
    const atRest = await load(`${group}, at rest`, tabs, 0, say)
    measures.push(
      measure(`${group}, at rest`, 'main thread', '%', atRest, ({ mainThreadShare }) => 100 * mainThreadShare),
    )
    for (const window of WINDOWS) {
      const name = `${group}, ${window} of each tab`
      measures.push(...underLoad(name, await load(name, tabs, window, say), atRest))
    }
    return measures
  })

const underLoad = (group: string, figures: readonly Figures[], atRest: readonly Figures[]): readonly Measure[] => {
  const dropped = ({ droppedShare }: Figures): number => 100 * droppedShare
  return [
    measure(group, 'commands', '/s', figures, ({ perSecond }) => perSecond),
    measure(group, 'main thread, per command', 'µs', figures, ({ mainThreadMicros }) => mainThreadMicros),
    measure(group, 'of which script', 'µs', figures, ({ scriptMicros }) => scriptMicros),
    measure(group, 'whole browser, per command', 'µs', figures, ({ browserMicros }) => browserMicros),
    measure(group, 'main thread', '%', figures, ({ mainThreadShare }) => 100 * mainThreadShare),
    {
      ...measure(group, 'frames dropped', '%', figures, dropped),
      yardstick: { what: 'at rest', values: atRest.map(dropped) },
    },
  ]
}

const measure = (
  group: string,
  name: string,
  unit: string,
  figures: readonly Figures[],
  of: (figures: Figures) => number,
): Measure => ({ group, name, unit, values: figures.map(of) })
