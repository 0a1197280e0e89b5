import { quorumsOf } from '../core/index.js'
import { on } from './contest.js'
import type { Scene } from './draw.js'
import { noFaults } from './faults.js'
import type { Random } from './random.js'

/**
 * Who works at a node is cut off with it in the middle of something, or loses its memory, for longer than sessions live:
 * the others go on, and sweep and sweep.
 */
export const drawAway = (random: Random, n: number, { workload }: Scene): Scene => {
  const away = random.below(n)
  const fromMs = random.between(100, 1000)
  const silence = { fromMs, untilMs: fromMs + random.between(1000, 3000) }
  const link = { delayMs: random.between(0.5, 4), slowMs: 0, jitterMs: random.between(0, 5), loss: 0 }
  // What it has just sent may have arrived, or the answer has not.
  const deaf = random.chance(0.8) ? [on([], { to: [away], ...silence })] : []
  return {
    faults: {
      ...noFaults,
      link: () => link,
      mail: [on([], { from: [away], ...silence, fromMs: fromMs + random.between(0, 5) }), ...deaf],
      writeMs: [0, random.between(0, 40)],
      crashes: random.chance(0.4) ? random.next() * 0.4 : 0,
      downMs: [10, random.between(50, 3000)],
      maxDown: quorumsOf(n).f,
      ambushes: random.chance(0.5)
        ? [{ on: 'pre-accept', own: true, chance: random.next() * 0.03, what: 'crash', forMs: [10, 1000] }]
        : [],
      // The others notice soon, and finish what it has begun.
      tuning: {
        slowPathDelayMs: 15,
        gossipMs: random.between(40, 80),
        suspectMs: random.between(120, 250),
        recoverSuspectedMs: random.between(5, 40),
        waitingMs: 500,
      },
    },
    workload: {
      ...workload,
      clients: 4,
      homes: Array.from({ length: n }, (_, slot) => slot).filter((slot) => slot !== away || n === 1),
      lanes: 2,
      calls: 600,
      keys: 3 + random.below(10),
      ranges: 0,
      thinkMs: random.between(20, 60),
      roaming: 0,
      residents: 1,
      sweepEveryMs: random.between(10, 30),
      sweepAfter: 1,
    },
  }
}
