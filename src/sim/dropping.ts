import { quorumsOf } from '../core/index.js'
import { impatient, type Scene } from './draw.js'
import { drawLinks } from './links.js'
import type { Random } from './random.js'

/** Much is executed everywhere, written down and dropped, while voters crash, and are cut off, and come back to where they were. */
export const drawDropping = (random: Random, n: number, { faults, workload }: Scene): Scene => ({
  faults: {
    ...faults,
    link: drawLinks(random, n, random.between(0, 50), random.next() * 0.1),
    kinds: faults.kinds.slice(0, 1),
    cuts: random.next(),
    partitions: random.chance(0.5) ? random.next() * 0.5 : 0,
    crashes: random.next() * 0.4,
    downMs: [10, random.between(50, 800)],
    maxDown: quorumsOf(n).f + (random.chance(0.2) ? 1 : 0),
    amnesia: 0,
    tuning: {
      ...impatient(random),
      gossipMs: random.between(30, 100),
      suspectMs: random.between(150, 500),
      dropInstances: 1 + random.below(4),
    },
  },
  workload: {
    ...workload,
    clients: 5,
    lanes: 2,
    calls: 200,
    durationMs: 8000,
    thinkMs: random.between(50, 400),
    checkpointEveryMs: random.between(50, 400),
  },
})
