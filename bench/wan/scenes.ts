import type { Load } from './load.js'
import { five, type Places, three } from './places.js'

/** A group somewhere with so many clients: run at several shares of interference, each as often as there are seeds. */
export interface Scene extends Pick<Load, 'places' | 'clients' | 'writeMs' | 'runMs'> {
  /** In hundredths. */
  readonly interference: readonly number[]
}

const WARM_MS = 2000
const INTERFERENCE = [0, 2, 10, 50, 100]

/** In memory, which is what was measured in the paper. */
const inMemory = (places: Places): readonly Scene[] => [
  { places, clients: 1, writeMs: 0, runMs: 60_000, interference: INTERFERENCE },
  { places, clients: 10, writeMs: 0, runMs: 20_000, interference: INTERFERENCE },
]

export const scenes: readonly Scene[] = [
  ...inMemory(five),
  { places: five, clients: 1, writeMs: 2, runMs: 60_000, interference: [0, 2] },
  ...inMemory(three),
]

export const nameOfScene = ({ places, clients, writeMs }: Scene): string => {
  const disk = writeMs === 0 ? '' : `, ${writeMs} ms a write`
  return `${places.length} cities, ${clients === 1 ? '1 client' : `${clients} clients`} each${disk}`
}

export const loadsOf = ({ places, clients, writeMs, runMs }: Scene, interference: number, seeds: number): Load[] =>
  Array.from({ length: seeds }, (_, i) => {
    return { seed: i + 1, places, clients, interference, writeMs, runMs, warmMs: WARM_MS }
  })
