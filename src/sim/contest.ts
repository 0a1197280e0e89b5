import { quorumsOf } from '../core/index.js'
import { impatient, type Scene } from './draw.js'
import { type MailFault, noFaults } from './faults.js'
import type { Random } from './random.js'

/** The stage is kept for so long; after that the run goes on without faults. */
const STAGED_MS = 3500

/**
 * A contest of two rows, staged: c's coordinator falls silent after a few voters, R, have heard of c, and x, which
 * interferes, is known to those who have not. Who recovers c then has to wait for x. What becomes of it is drawn:
 * x is committed meanwhile, is recovered by others, or somebody outside of Q answers late for c.
 */
export const drawContest = (random: Random, n: number, { workload }: Scene): Scene => {
  const { slow, e } = quorumsOf(n)
  const slots = [...Array(n).keys()]
  const [dead = 0, rival = 0, ...others] = random.sample(slots, n)
  const end = random.pick(['overtaken', 'rivals', 'late commit', 'late accept', 'equals'] as const)
  const heardOfC = others.slice(0, slow - e + (end === 'rivals' || end === 'equals' ? 0 : random.below(2)))
  const heardOfX = others.slice(heardOfC.length)
  const [witness = rival] = heardOfX
  const but = (...some: readonly number[]): number[] => slots.filter((slot) => !some.includes(slot))

  const silentMs = random.between(40, 200)
  const lateMs: [number, number] = [random.between(200, 600), random.between(600, 2500)]
  const rivals = end === 'rivals' || end === 'equals'
  const late = end === 'late commit' || end === 'late accept'
  const c = (kind: MailFault['kinds'][number], fault: Partial<MailFault>) => on([kind], { row: dead, ...fault })
  const x = (kind: MailFault['kinds'][number], fault: Partial<MailFault>) => on([kind], { row: rival, ...fault })
  const answers =
    end === 'rivals' || random.chance(0.2) ? [x('pre-accept-ok', {})] : [x('pre-accept-ok', { takesMs: lateMs })]
  const mail = [
    on([], { from: [dead], fromMs: silentMs }),
    on([], { to: [dead], fromMs: silentMs }),
    c('pre-accept', { to: but(dead, ...heardOfC, ...(late ? [witness] : [])) }),
    x('pre-accept', { to: but(rival, ...heardOfX) }),
    ...answers,
    c('commit', { to: but(witness) }),
    c('accept', { from: [dead], to: but(dead, ...(end === 'late accept' ? [witness] : [])) }),
    // Who knows x already adds it to c: that ends the fast path.
    ...(end === 'late accept' ? [c('pre-accept', { to: [witness], takesMs: [20, 40] })] : []),
    ...(late ? [c('recover-ok', { from: [witness], takesMs: lateMs })] : []),
    ...(late ? [c('fetch', { to: [witness] })] : []),
    ...(rivals ? [x('recover', { to: [rival] }), x('fetch', { to: [rival] })] : []),
    // It commits fast, and nobody hears of it.
    ...(end === 'equals' ? [x('commit', { from: [rival] })] : []),
  ]
  const link = { delayMs: random.between(0.5, 10), slowMs: 0, jitterMs: random.between(0, 10), loss: 0 }
  return {
    faults: {
      ...noFaults,
      link: () => link,
      writeMs: [0, random.between(0, 5)],
      mail,
      tuning: {
        ...impatient(random),
        slowPathDelayMs: random.between(20, 100),
        gossipMs: random.between(40, 80),
        suspectMs: random.between(120, 300),
        // One after the other, so that a recovery that waits is left to wait.
        recoverSuspectedMs: end === 'rivals' ? random.between(150, 600) : random.between(20, 150),
        recoverAliveMs: end === 'rivals' ? random.between(10, 60) : random.between(end === 'equals' ? 200 : 1000, 4000),
        waitingMs: random.between(1000, 4000),
      },
    },
    workload: {
      ...workload,
      clients: 2 + random.below(3),
      homes: [dead, rival],
      lanes: 1,
      keys: 1 + random.below(random.chance(0.4) ? 3 : 1),
      several: random.chance(0.4) ? 0.7 : 0,
      reads: random.next() * 0.2,
      ranges: random.chance(0.2) ? 0.4 : 0,
      thinkMs: random.between(1, 30),
      timeoutMs: random.between(2000, 4000),
      patienceMs: 6000,
      roaming: 0,
      renewal: 0,
      sweepAfter: random.chance(0.2) ? 1 : 1000,
      sweepEveryMs: random.between(20, 500),
    },
  }
}

/**
 * A coordinator is silent for a moment, and is back; who has begun to recover what it had under way has crashed
 * meanwhile, and suspects nobody any more. It alone is left to finish.
 */
export const drawAbandoned = (random: Random, n: number, { workload }: Scene): Scene => {
  const owner = random.below(n)
  const silence = { fromMs: random.between(20, 80), untilMs: random.between(600, 1500) }
  const link = { delayMs: random.between(0.5, 10), slowMs: 0, jitterMs: random.between(0, 10), loss: 0 }
  return {
    faults: {
      ...noFaults,
      link: () => link,
      mail: [
        on([], { from: [owner], ...silence }),
        on([], { to: [owner], ...silence }),
        on(['pre-accept-ok'], { row: owner, untilMs: silence.untilMs }),
      ],
      ambushes: [
        {
          on: 'recover',
          own: false,
          chance: random.between(0.5, 1),
          what: 'crash',
          forMs: [10, random.between(50, 1500)],
        },
      ],
      maxDown: quorumsOf(n).f,
      tuning: {
        ...impatient(random),
        gossipMs: random.between(40, 80),
        suspectMs: random.between(120, 300),
        recoverSuspectedMs: random.between(20, 200),
        recoverAliveMs: random.between(1000, 4000),
      },
    },
    workload: {
      ...workload,
      clients: 1 + random.below(2),
      homes: [owner],
      lanes: 1,
      thinkMs: random.between(1, 100),
      timeoutMs: random.between(2000, 4000),
      patienceMs: 6000,
      roaming: 0,
    },
  }
}

/** What becomes of some mail while the stage is kept. */
export const on = (kinds: MailFault['kinds'], fault: Partial<MailFault>): MailFault => ({
  kinds,
  row: undefined,
  from: undefined,
  to: undefined,
  fromMs: 0,
  untilMs: STAGED_MS,
  takesMs: undefined,
  ...fault,
})
