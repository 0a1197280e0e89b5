import { describe, expect, it } from 'vitest'
import { type ExecutedSet, type Message, Replica, type ReplicaConfig } from '../../core/index.js'
import type { Happening, LabAction, LabSetup } from './contract.js'
import { Recording } from './recording.js'
import { LabRefused } from './refused.js'
import { idOf } from './scene.js'
import { propose, setup as stage } from './stage.js'
import { LabWorld } from './world.js'

/** Three voters, 20 ms apart, that write in 2 ms. */
const setup: LabSetup = { ...stage, net: { kind: 'even', delayMs: 20 }, jitter: 0 }

/** What there is to do, each at its time; then on to the end. */
const played = (world: LabWorld, steps: readonly (readonly [number, LabAction])[], untilMs: number): LabWorld => {
  for (const [atMs, action] of steps) {
    world.runUntil(atMs)
    world.act(action)
  }
  world.runUntil(untilMs)
  return world
}

const happened = <K extends Happening['kind']>(
  { chronicle }: LabWorld,
  kind: K,
): readonly Extract<Happening, { readonly kind: K }>[] =>
  chronicle.happenings.filter((one): one is Extract<Happening, { readonly kind: K }> => one.kind === kind)

const seal = (replica: number, voters: readonly number[]): LabAction => ({ kind: 'seal', replica, voters })

/** What is done to the replicas of a run, and when. */
class Overheard {
  readonly configs: ReplicaConfig[] = []
  readonly checkpoints: { readonly id: string; readonly atMs: number; readonly within: boolean }[] = []
  readonly world: LabWorld

  constructor(changes: Partial<LabSetup> = {}) {
    const heard = this
    const now = (): number => heard.world.nowMs
    class Listening extends Replica {
      constructor(config: ReplicaConfig) {
        super(config)
        heard.configs.push(config)
      }

      override checkpointed(executed: ExecutedSet): void {
        const { frontier } = this.executedSet()
        // The first call is the constructor's own.
        if (heard.world !== undefined) {
          const within = executed.frontier.every((upTo, slot) => upTo <= (frontier[slot] ?? 0))
          heard.checkpoints.push({ id: this.id, atMs: now(), within })
        }
        super.checkpointed(executed)
      }
    }
    this.world = new LabWorld({ ...setup, ...changes }, { Replica: Listening })
  }
}

describe('a checkpoint', () => {
  it('is taken of what is new, and of nothing else', () => {
    const { world, checkpoints } = new Overheard()
    played(world, [[1000, propose(0, 'a')]], 30_000)
    expect(checkpoints.map(({ id }) => id).sort()).toEqual([0, 1, 2].map(idOf))
  })

  it('is taken in every epoch, though it has come as far as the last one', () => {
    const { world, checkpoints } = new Overheard()
    const steps = [
      [1000, propose(0, 'a')],
      [7000, seal(1, [0, 1, 2])],
      [7500, propose(0, 'b')],
    ] as const
    played(world, steps, 30_000)
    expect(checkpoints.map(({ id }) => id).sort()).toEqual([0, 0, 1, 1, 2, 2].map(idOf))
  })

  it('that is durable after the next epoch has begun says nothing of that', () => {
    const { world, checkpoints } = new Overheard({ writeMs: 1000 })
    const steps = [
      [0, propose(0, 'a')],
      [2400, seal(2, [0, 1, 2])],
    ] as const
    played(world, steps, 20_000)
    const begins = happened(world, 'entered').map(({ atMs }) => atMs)
    expect(Math.min(...begins)).toBeGreaterThan(5000)
    expect(Math.min(...begins)).toBeLessThan(6000)
    expect(checkpoints.filter(({ within }) => !within)).toEqual([])
  })
})

describe('the next life of a member', () => {
  it('remembers its floor, and draws other chances than the one before', () => {
    const { world, configs } = new Overheard()
    const steps = [
      [1000, propose(0, 'a')],
      [12_000, { kind: 'crash', replica: 0 }],
      [13_000, { kind: 'restart', replica: 0 }],
    ] as const
    played(world, steps, 13_000)
    const [before, after] = configs.filter(({ id }) => id === idOf(0))
    expect([before?.floor === undefined, after?.floor === undefined]).toEqual([true, false])
    expect(after?.random()).not.toBe(before?.random())
  })
})

describe('what a run costs', () => {
  /** What was read back: ten of it count one. */
  const readBack = ({ chronicle }: LabWorld): number => {
    if (!(chronicle instanceof Recording)) throw new TypeError('a run is recorded by a Recording')
    return Math.round(10 * (chronicle.cost - chronicle.flights.length - chronicle.happenings.length))
  }

  const written = (): LabWorld =>
    played(
      new LabWorld(setup),
      ['a', 'b', 'c'].map((name, nth) => [1000 + 100 * nth, propose(0, name, name)]),
      7000,
    )

  it('counts what a life reads of its disk: records, keys and commands', () => {
    const world = written()
    expect(readBack(world)).toBe(0)
    played(world, [[7000, { kind: 'crash', replica: 0 }]], 7000)
    world.act({ kind: 'restart', replica: 0 })
    expect(readBack(world)).toBeGreaterThanOrEqual(3 + 3)
  })

  it('counts what an epoch takes over: keys and commands', () => {
    const world = played(written(), [[7000, seal(0, [0, 1, 2])]], 8000)
    // At each of three: three keys, three commands and the seal.
    expect(readBack(world)).toBe(3 * (3 + 4))
  })
})

describe('an epoch', () => {
  it('leaves nothing open of the one before that was passed over together with its end', () => {
    const world = new LabWorld(setup)
    const steps = [
      [1000, propose(0, 'a', 'x')],
      [1010, { kind: 'drop', mail: { kind: 'pre-accept', from: 0, to: 1 } }],
      [1010, { kind: 'drop', mail: { kind: 'pre-accept', from: 0, to: 2 } }],
      [1010, propose(0, 'b', 'y')],
      [1100, { kind: 'crash', replica: 0 }],
      [1100, seal(1, [0, 1, 2])],
    ] as const
    played(world, steps, 30_000)
    const [entered] = happened(world, 'entered')
    // What it waited for came last: both had their turn at one moment.
    expect(happened(world, 'committed').find(({ path }) => path === 'recovered')?.atMs).toBe(entered?.atMs)
    const lost = { slot: 0, number: 1 }
    expect(world.chronicle.cell(1, 0, lost, 30_000)).toMatchObject({ executed: true, position: 0, void: false })
  })
})

describe('a thrifty replica', () => {
  const asked = ({ chronicle }: LabWorld, sinceMs: number): readonly number[] =>
    chronicle.flights.filter(({ kind, sentMs }) => kind === 'pre-accept' && sentMs >= sinceMs).map(({ to }) => to)

  it('asks the nearest voter alone, in the first epoch and in one that it has entered', () => {
    const world = new LabWorld({
      ...setup,
      thrifty: true,
      net: { kind: 'map', cities: ['eu-west-1', 'sa-east-1', 'us-west-1'] },
    })
    played(
      world,
      [
        [1000, propose(0, 'a')],
        [2000, seal(0, [0, 1, 2])],
        [4000, propose(0, 'b')],
      ],
      5000,
    )
    expect([asked(world, 1000)[0], asked(world, 4000)]).toEqual([2, [2]])
  })
})

describe('a snapshot', () => {
  it('of an epoch long over is not taken, and changes nothing', () => {
    const voters = [0, 1, 2]
    const world = new LabWorld(setup)
    const away = (fromMs: number): readonly (readonly [number, LabAction])[] => [
      [fromMs, { kind: 'crash', replica: 2 }],
      [fromMs + 100, seal(0, voters)],
      [fromMs + 20_000, seal(0, voters)],
      [fromMs + 40_000, { kind: 'restart', replica: 2 }],
    ]
    const copied: LabAction = { kind: 'repeat', mail: { kind: 'snapshot', from: 0, to: 2 }, byMs: 500_000 }
    // It has heard that it is lost, and the snapshot that it asks for is not there yet.
    const late: LabAction = { kind: 'deliver', mail: { kind: 'snapshot', from: 0, to: 2 } }
    played(world, [...away(1000), [41_530, copied], ...away(60_000), [100_300, late]], 120_000)
    expect(happened(world, 'stopped')).toEqual([])
    expect(happened(world, 'installed')).toHaveLength(2)
    expect(world.chronicle.members(120_000)[2]).toMatchObject({ state: 'up', epoch: 4 })
  })
})

describe('a message that nobody can have sent', () => {
  it('is not taken, and stops nobody', () => {
    class Garbled extends Replica {
      override step(from: string, message: Message): void {
        const isGarbled = message.kind === 'pre-accept' && this.id === idOf(2)
        super.step(from, isGarbled ? { ...message, deps: [1] } : message)
      }
    }
    const world = played(new LabWorld(setup, { Replica: Garbled }), [[1000, propose(0, 'a')]], 10_000)
    expect(happened(world, 'vote').map(({ from }) => from)).toEqual([1])
    expect(happened(world, 'stopped')).toEqual([])
    expect(happened(world, 'executed').map(({ replica }) => replica)).toEqual([0, 1, 2])
  })
})

describe('a replica', () => {
  it('that its own rules have stopped is seen to have stopped, and why', () => {
    class Doubting extends Replica {
      override step(from: string, message: Message): void {
        super.step(from, message)
        if (message.kind === 'pre-accept' && this.id === idOf(2)) this.stop('it doubts its disk')
      }
    }
    const world = played(new LabWorld(setup, { Replica: Doubting }), [[1000, propose(0, 'a')]], 2000)
    expect(happened(world, 'stopped')).toMatchObject([{ replica: 2, reason: 'it doubts its disk' }])
    expect(world.chronicle.members(2000)[2]?.state).toBe('stopped')
  })

  it('that breaks at a proposal is stopped, and the proposal is refused', () => {
    class Broken extends Replica {
      override propose(): undefined {
        throw new TypeError('no such row')
      }
    }
    const world = new LabWorld(setup, { Replica: Broken })
    expect(() => world.act(propose(0, 'a'))).toThrow(LabRefused)
    expect(happened(world, 'stopped')).toMatchObject([{ replica: 0, reason: 'no such row' }])
    expect(world.chronicle.deeds).toEqual([])
  })
})
