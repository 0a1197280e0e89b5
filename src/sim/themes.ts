import { quorumsOf } from '../core/index.js'
import { drawAway } from './away.js'
import { drawAbandoned, drawContest } from './contest.js'
import { AMBUSHED, drawFaults, drawKinds, drawWorkload, impatient, KINDS, kindFault, type Scene } from './draw.js'
import { drawDropping } from './dropping.js'
import type { KindFault } from './faults.js'
import { drawLinks } from './links.js'
import type { Random } from './random.js'

/**
 * Themes: a run is about one kind of trouble, with a little of everything else. Runs in which much of one thing
 * happens find more than an average of all ("swarm testing").
 */
export type Theme =
  | 'calm'
  | 'swarm'
  | 'dying coordinators'
  | 'late messages'
  | 'partitions'
  | 'restarts'
  | 'rivals'
  | 'split votes'
  | 'silenced'
  | 'contest'
  | 'abandoned'
  | 'hammer'
  | 'sweeps'
  | 'away'
  | 'ranges'
  | 'sleepers'
  | 'hidden'
  | 'floors'

/** How many runs of a hundred each one gets. */
const shares: readonly (readonly [Theme, number])[] = [
  ['calm', 5],
  ['swarm', 10],
  ['dying coordinators', 12],
  ['late messages', 11],
  ['partitions', 6],
  ['restarts', 12],
  ['rivals', 10],
  ['split votes', 12],
  ['silenced', 8],
  ['contest', 17],
  ['abandoned', 3],
  ['hammer', 5],
  ['sweeps', 5],
  ['away', 8],
  ['ranges', 4],
  ['sleepers', 4],
  ['hidden', 1],
  ['floors', 6],
]

const drawTheme = (random: Random): Theme => {
  let left = random.next() * shares.reduce((sum, [, share]) => sum + share, 0)
  for (const [theme, share] of shares) {
    left -= share
    if (left < 0) return theme
  }
  return 'swarm'
}

/** What a theme changes of a scene that was drawn at random. */
const directions: Readonly<Record<Theme, (random: Random, n: number, scene: Scene) => Scene>> = {
  calm: (random, n, { faults, workload }) => ({
    faults: {
      ...faults,
      link: drawLinks(random, n, random.between(0, 20), random.chance(0.5) ? 0.01 : 0),
      repetition: 0,
      kinds: [],
      cuts: 0,
      partitions: 0,
      writeFailure: 0,
      crashes: 0,
      pauses: 0,
      amnesia: 0,
      ambushes: [],
      tuning: { thrifty: random.chance(0.5) },
    },
    workload,
  }),

  swarm: (_random, _n, scene) => scene,

  // Proposals reach a few voters, and then their coordinators are gone for good: others have to find out what became of them.
  'dying coordinators': (random, n, { faults, workload }) => {
    const { f } = quorumsOf(n)
    // Only who is really gone is suspected: what the living have begun goes on beside the recovery of what the dead began.
    const accurate = {
      gossipMs: random.between(60, 150),
      suspectMs: random.between(400, 800),
      recoverAliveMs: random.between(300, 1500),
    }
    return {
      faults: {
        ...faults,
        repetition: faults.repetition / 2,
        kinds: [
          kindFault('pre-accept', { deaf: random.next() * 0.7, hold: random.chance(0.3) ? 0.2 : 0 }),
          kindFault(
            'pre-accept-ok',
            random.chance(0.5) ? { hold: random.next(), holdMs: [100, 1500] } : { loss: random.next() * 0.8 },
          ),
          kindFault('accept', { deaf: random.chance(0.5) ? random.next() : 0 }),
          kindFault('commit', { loss: random.chance(0.7) ? random.between(0.3, 0.95) : 0 }),
        ],
        maxDown: f,
        crashes: random.next() * 0.3,
        downMs: [500, 8000],
        pauses: 0,
        ambushes: random
          .sample(['pre-accept', 'pre-accept', 'accept', 'commit', 'written'] as const, 2)
          .map((on) => ({ on, own: true, chance: random.next() * 0.2, what: 'crash', forMs: [500, 20_000] })),
        tuning: {
          ...impatient(random),
          ...(random.chance(0.5) ? accurate : {}),
          waitingMs: random.between(350, 3000),
          thrifty: random.chance(0.2),
        },
      },
      workload: { ...workload, keys: 1 + random.below(3), thinkMs: random.between(20, 300), sweepAfter: 1000 },
    }
  },

  'late messages': (random, _n, { faults, workload }) => ({
    faults: {
      ...faults,
      repetition: random.next() * 0.5,
      echoMs: random.between(500, 6000),
      kinds: random
        .sample(KINDS, 2 + random.below(4))
        .map((kind) => kindFault(kind, { hold: random.next() * 0.6, holdMs: [50, random.between(300, 5000)] })),
      tuning: { ...impatient(random) },
    },
    workload: { ...workload, keys: 1 + random.below(4) },
  }),

  partitions: (random, _n, { faults, workload }) => ({
    faults: { ...faults, partitions: random.between(0.5, 3), cuts: random.next() * 6, cutMs: [50, 2000] },
    workload,
  }),

  // Lives so short that the answers to one arrive in the next.
  restarts: (random, n, { faults, workload }) => {
    const down: readonly [number, number] = [1, random.between(5, 300)]
    const { f } = quorumsOf(n)
    return {
      faults: {
        ...faults,
        crashes: random.between(0.5, 4),
        downMs: down,
        maxDown: Math.max(1, f),
        writeMs: [0, random.between(1, 100)],
        repetition: random.next() * 0.4,
        echoMs: random.between(500, 4000),
        kinds: random.chance(0.5) ? drawKinds(random) : [],
        ambushes: random
          .sample(AMBUSHED, 3)
          .map((on) => ({ on, own: random.chance(0.3), chance: random.next() * 0.1, what: 'crash', forMs: down })),
        tuning: { ...impatient(random), retransmitMs: random.between(30, 100) },
      },
      workload: { ...workload, keys: 1 + random.below(4) },
    }
  },

  // Everybody is alive, and nobody gets through with what he began: recoveries meet recoveries, and late answers.
  rivals: (random, n, { faults, workload }) => {
    const late = (): Partial<KindFault> =>
      random.chance(0.5) ? { hold: random.between(0.2, 0.7), holdMs: [10, random.between(200, 2000)] } : {}
    const unheard = random.chance(0.5) ? random.between(0.85, 1) : random.next() * 0.6
    return {
      faults: {
        ...faults,
        link: drawLinks(random, n, random.between(0, 50), random.next() * 0.1),
        cuts: 0,
        crashes: 0,
        pauses: random.next() * 0.3,
        partitions: 0,
        ambushes: [],
        kinds: [
          kindFault('pre-accept', { deaf: random.between(0.2, 0.7) }),
          kindFault('pre-accept-ok', { ...late(), loss: unheard }),
          kindFault('accept', { ...late(), deaf: random.chance(0.5) ? random.next() * 0.5 : 0 }),
          kindFault('accept-ok', late()),
          kindFault('recover', { ...late(), deaf: random.next() * 0.5 }),
          kindFault('recover-ok', late()),
          kindFault('commit', { ...late(), deaf: random.next() }),
          kindFault('validate-ok', late()),
        ],
        tuning: {
          ...impatient(random),
          slowPathDelayMs: random.between(20, 1000),
          suspectMs: random.between(100, 2000),
          waitingMs: random.between(500, 4000),
        },
      },
      workload: {
        ...workload,
        clients: 6,
        lanes: 3,
        keys: 1 + random.below(2),
        thinkMs: random.between(20, 200),
        patienceMs: 6000,
        timeoutMs: random.between(500, 2000),
        sweepAfter: 1000,
      },
    }
  },

  // Two or three proposals at a time that interfere, each known to a few: who recovers one has to ask about the others.
  'split votes': (random, n, { faults, workload }) => {
    const late = (): Partial<KindFault> =>
      random.chance(0.4) ? { hold: random.between(0.1, 0.5), holdMs: [50, random.between(300, 2000)] } : {}
    const sides = random.chance(0.7)
    const unheard = random.pick<Partial<KindFault>>([
      {},
      { hold: 1, holdMs: [100, random.between(300, 2000)] },
      { loss: 0.9 },
      { loss: 1 },
    ])
    return {
      faults: {
        ...faults,
        link: drawLinks(random, n, random.between(0, 30), 0),
        repetition: random.next() * 0.1,
        cuts: 0,
        crashes: random.chance(0.3) ? 0.2 : 0,
        pauses: 0,
        partitions: 0,
        amnesia: 0,
        ambushes: [],
        kinds: [
          kindFault('pre-accept', { sides, deaf: sides ? random.next() * 0.2 : random.between(0.3, 0.7) }),
          kindFault('pre-accept-ok', unheard),
          kindFault('accept', { ...late(), deaf: random.chance(0.5) ? random.next() * 0.7 : 0 }),
          kindFault('accept-ok', late()),
          kindFault('recover', { ...late(), ownerDeaf: random.chance(0.6) ? random.between(0.5, 1) : 0 }),
          kindFault('recover-ok', late()),
          kindFault('commit', { ...late(), deaf: random.next(), ownerDeaf: random.next() }),
        ],
        tuning: {
          ...impatient(random),
          gossipMs: random.between(80, 200),
          suspectMs: random.between(10, 300),
          // Few recover at a time, so that a recovery that waits is left to wait.
          recoverSuspectedMs: random.between(20, 300),
          waitingMs: random.between(500, 4000),
        },
      },
      workload: {
        ...workload,
        clients: random.chance(0.5) ? 2 : 3 + random.below(3),
        lanes: 2,
        keys: 1 + random.below(random.chance(0.4) ? 3 : 1),
        several: random.chance(0.4) ? 0.7 : 0,
        thinkMs: random.between(1, 100),
        timeoutMs: random.between(1000, 4000),
        patienceMs: 6000,
        roaming: 0,
        sweepAfter: random.chance(0.1) ? 1 : 1000,
      },
    }
  },

  // Coordinators fall silent in the middle of a proposal, and only they are suspected: what others have begun goes on meanwhile.
  silenced: (random, n, { faults, workload }) => ({
    faults: {
      ...faults,
      link: drawLinks(random, n, random.between(0, 20), 0),
      repetition: random.next() * 0.1,
      cuts: 0,
      crashes: 0,
      pauses: 0,
      partitions: 0,
      amnesia: 0,
      kinds: [
        kindFault('pre-accept', random.chance(0.7) ? { sides: true } : { deaf: random.between(0.2, 0.7) }),
        // All of them: the repeat of one would soon get through.
        kindFault('pre-accept-ok', { hold: random.chance(0.7) ? 1 : 0.5, holdMs: [500, random.between(800, 2500)] }),
        kindFault('accept-ok', { hold: random.next() * 0.5, holdMs: [50, 1000] }),
        kindFault('commit', { deaf: random.next() * 0.8 }),
      ],
      ambushes: [
        {
          on: 'pre-accept',
          own: true,
          chance: random.between(0.02, 0.3),
          what: 'isolate',
          forMs: [random.between(500, 1500), random.between(1500, 4000)],
        },
      ],
      tuning: {
        ...impatient(random),
        gossipMs: random.between(40, 80),
        suspectMs: random.between(120, 300),
        // One after the other, so that a recovery that waits is left to wait.
        recoverSuspectedMs: random.between(20, 150),
        recoverAliveMs: random.between(1000, 3000),
        retransmitMs: random.between(100, 300),
        waitingMs: random.between(500, 4000),
      },
    },
    workload: {
      ...workload,
      clients: 2 + random.below(4),
      lanes: 2,
      keys: 1 + random.below(random.chance(0.4) ? 3 : 1),
      several: random.chance(0.4) ? 0.7 : 0,
      thinkMs: random.between(1, 200),
      timeoutMs: random.between(500, 3000),
      patienceMs: 6000,
      sweepAfter: 1000,
    },
  }),

  abandoned: (random, n, scene) => (n < 3 ? scene : drawAbandoned(random, n, scene)),

  contest: (random, n, scene) => (n < 3 ? scene : drawContest(random, n, scene)),

  hammer: (random, _n, { faults, workload }) => ({
    faults,
    workload: { ...workload, clients: 6, lanes: 3, calls: 200, keys: 1 + random.below(2), thinkMs: 10, ranges: 0 },
  }),

  sweeps: (random, n, { faults, workload }) => ({
    // Many calls have to get through between one sweep and the next.
    faults: random.chance(0.6)
      ? { ...directions.calm(random, n, { faults, workload }).faults, tuning: faults.tuning }
      : { ...faults, ambushes: [], amnesia: 0 },
    workload: {
      ...workload,
      clients: 6,
      lanes: 1 + random.below(2),
      calls: 300,
      thinkMs: random.between(5, 60),
      dozing: random.next() * 0.2,
      renewal: random.next() * 0.2,
      echoes: random.next() * 0.5,
      sweepEveryMs: random.between(10, 200),
      sweepAfter: 1 + random.below(6),
    },
  }),

  // Many keys that are there, looked at and cleared by the stretch.
  away: drawAway,

  ranges: (random, n, { faults, workload }) => ({
    faults: {
      ...directions.calm(random, n, { faults, workload }).faults,
      kinds: faults.kinds,
      crashes: random.next() * 0.3,
      tuning: faults.tuning,
    },
    workload: {
      ...workload,
      clients: 6,
      calls: 220,
      keys: 5 + random.below(6),
      thinkMs: random.between(5, 80),
      reads: random.between(0.1, 0.4),
      ranges: random.between(0.3, 0.5),
      several: random.next() * 0.5,
    },
  }),

  sleepers: (random, _n, { faults, workload }) => ({
    faults: { ...faults, pauses: random.between(0.3, 2), pauseMs: [100, 6000], sleepMs: 600_000 },
    workload,
  }),

  // A tab is hidden for up to ten minutes, and the others go on without it.
  hidden: (random, n, { faults, workload }) => ({
    faults: {
      ...directions.calm(random, n, { faults, workload }).faults,
      pauses: random.between(1, 4) / 1000,
      pauseMs: [10_000, 600_000],
      crashes: random.next() * 0.01,
    },
    workload: { ...workload, clients: 4, lanes: 1, durationMs: 650_000, thinkMs: 20_000, patienceMs: 60_000 },
  }),

  floors: drawDropping,
}

const MAX_DROP_INSTANCES = 20
const MAX_SHARE_FROM = 4

/** Everything that a seed says about a run of `n` voters. */
export const drawScene = (random: Random, n: number): Scene & { readonly theme: Theme } => {
  const theme = drawTheme(random)
  const drawn = { faults: drawFaults(random, n), workload: drawWorkload(random) }
  const { faults, workload } = directions[theme](random, n, drawn)
  // Of so few instances as a run has, some are to be dropped in most of them.
  const dropInstances = 1 + random.below(MAX_DROP_INSTANCES)
  const tuning = { dropInstances, shareFrom: random.below(MAX_SHARE_FROM), ...faults.tuning }
  return { theme, faults: { ...faults, tuning }, workload }
}
