import { drawKinds, drawWorkload, impatient, kindFault } from '../draw.js'
import type { Ambush, Faults } from '../faults.js'
import { noFaults } from '../faults.js'
import { drawLinks } from '../links.js'
import type { Random } from '../random.js'
import type { Workload } from '../workload.js'

/** What becomes of the members of a run. Rates are per virtual second. */
export interface Plan {
  /** Computers on which there is a member at a time, or none yet. The first one founds the group. */
  readonly places: number
  /** Until when the others have joined. */
  readonly arrivalsMs: number
  readonly leaves: number
  readonly amnesia: number
  /** The probability that a member keeps all in memory. */
  readonly memory: number
  /** The probability that a member begins with code of one version only. */
  readonly oldCode: number
  /** When members with old code begin to be updated unasked, each at any time from then on. */
  readonly updatesMs: number
  readonly policy: 'autopilot' | 'chaos'
  readonly graceMs: number
  readonly memoryVoters: boolean
  /** How often chaos strikes, of the times that it is asked, once a second. */
  readonly chaos: number
  readonly checkpointCommands: number
  readonly fillerBytes: number
}

export interface ChurnScene {
  readonly faults: Faults
  readonly workload: Workload
  readonly plan: Plan
}

/** Every identity is at a place of its own in the network; what is drawn of links is drawn for computers. */
export const MOST_PLACES = 8

/** Long enough that a policy that is asked once a second, and waits for those before it, acts several times. */
const DURATION_MS = 30_000

const AMBUSHES: readonly Ambush['on'][] = [
  'chunk',
  'chunk',
  'offer',
  'sealed',
  'frontier',
  'commit',
  'accept',
  'write',
  'written',
]

export const drawChurn = (random: Random): ChurnScene => {
  const sometimes = (rate: number): number => (random.chance(0.5) ? random.next() * rate : 0)
  const places = 3 + random.below(MOST_PLACES - 2)
  const link = drawLinks(random, MOST_PLACES, sometimes(150), sometimes(0.15))
  const plan: Plan = {
    places,
    arrivalsMs: random.between(2000, DURATION_MS / 2),
    leaves: sometimes(0.15),
    amnesia: sometimes(0.15),
    memory: random.chance(0.25) ? random.next() * 0.6 : 0,
    oldCode: random.chance(0.5) ? random.next() : 0,
    updatesMs: random.between(3000, DURATION_MS),
    policy: random.chance(0.5) ? 'autopilot' : 'chaos',
    graceMs: random.between(1500, 5000),
    memoryVoters: random.chance(0.3),
    chaos: random.between(0.05, 0.6),
    checkpointCommands: 1 + random.below(20),
    // Of 64 KiB each: up to five chunks.
    fillerBytes: random.chance(0.6) ? 0 : random.below(300_000),
  }
  const faults: Faults = {
    ...noFaults,
    link,
    repetition: sometimes(0.2),
    echoMs: 1000,
    kinds: random.chance(0.2) ? drawKinds(random).map((kind) => ({ ...kind, holdMs: [10, 1000] as const })) : [],
    cuts: sometimes(1),
    cutMs: [100, 4000],
    partitions: random.chance(0.5) ? random.next() * 0.3 : 0,
    partitionMs: [200, 5000],
    writeMs: [0, sometimes(60)],
    writeFailure: random.chance(0.2) ? random.next() * 0.01 : 0,
    crashes: sometimes(0.3),
    downMs: [10, random.between(50, 5000)],
    maxDown: places,
    pauses: random.chance(0.3) ? random.next() * 0.2 : 0,
    pauseMs: [100, 3000],
    sleepMs: random.chance(0.2) ? 600_000 : 0,
    clockRate: random.chance(0.2) ? [0.8, 1.25] : [1, 1],
    ambushes: random.chance(0.5)
      ? random.sample(AMBUSHES, 1 + random.below(3)).map((on) => ({
          on,
          own: false,
          chance: random.next() * random.next() * (on === 'chunk' || on === 'offer' || on === 'sealed' ? 0.3 : 0.01),
          what: random.pick(['crash', 'crash', 'pause', 'isolate'] as const),
          forMs: [random.between(1, 100), random.between(100, 4000)],
        }))
      : [],
    client: { delayMs: random.next() * 5, slowMs: 0, jitterMs: sometimes(100), loss: sometimes(0.2) },
    tuning: {
      ...(random.chance(0.6) ? { ...impatient(random), suspectMs: random.between(300, 1500) } : {}),
      gossipMs: random.between(100, 500),
      thrifty: random.chance(0.2),
      dropInstances: 1 + random.below(20),
    },
  }
  const workload: Workload = {
    ...drawWorkload(random),
    durationMs: DURATION_MS,
    calls: 60 + random.below(120),
    lanes: 1 + random.below(3),
    thinkMs: random.between(200, 3000),
    timeoutMs: random.between(500, 3000),
    patienceMs: random.between(6000, 20_000),
    roaming: random.next(),
    homes: [],
    echoMs: 2000,
    // Any member is asked, also one that votes nowhere.
    sweepAfter: random.chance(0.4) ? 1 + random.below(3) : 3 + random.below(40),
  }
  const scene = { faults, workload, plan }
  return random.chance(INTERRUPTED_SHARE) ? interrupted(random, scene) : scene
}

/** Runs in which most of what goes wrong does so while a snapshot is on its way. */
const INTERRUPTED_SHARE = 0.2

/** A large state, about which little is said meanwhile: others have the very same one when its source falls silent. */
const interrupted = (random: Random, { faults, workload, plan }: ChurnScene): ChurnScene => ({
  faults: {
    ...faults,
    kinds: [kindFault('chunk', { loss: random.next() * 0.5 })],
    crashes: 0,
    pauses: 0,
    ambushes: [
      {
        on: 'chunk',
        own: false,
        chance: random.between(0.05, 0.4),
        what: random.pick(['crash', 'isolate'] as const),
        forMs: [1000, random.between(2000, 10_000)],
      },
    ],
  },
  workload: { ...workload, clients: 2, lanes: 1, thinkMs: random.between(2000, 8000) },
  plan: { ...plan, fillerBytes: 150_000 + random.below(250_000) },
})
