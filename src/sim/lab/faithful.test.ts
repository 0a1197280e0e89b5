import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Replica, type ReplicaId, read, readRange, type TraceCell, write } from '../../core/index.js'
import { Random } from '../random.js'
import type { LabAction, LabSetup } from './contract.js'
import { LabRefused } from './refused.js'
import { idOf } from './scene.js'
import { LabWorld } from './world.js'

/** The cores of a run, those of its newest lives. */
const spied = (setup: LabSetup): { readonly world: LabWorld; readonly cores: ReadonlyMap<ReplicaId, Replica> } => {
  const cores = new Map<ReplicaId, Replica>()
  class Spied extends Replica {
    constructor(...config: ConstructorParameters<typeof Replica>) {
      super(...config)
      cores.set(config[0].id, this)
    }
  }
  return { world: new LabWorld(setup, { Replica: Spied }), cores }
}

const someAction = (chance: Random, members: number): LabAction => {
  const replica = chance.below(members)
  const other = chance.below(members)
  switch (chance.below(12)) {
    case 0:
      return { kind: 'crash', replica }
    case 1:
    case 2:
      return { kind: 'restart', replica }
    case 3:
      return { kind: 'cut', sides: [[replica, other].filter((each, at, all) => all.indexOf(each) === at)] }
    case 4:
    case 5:
      return { kind: 'heal' }
    case 6:
      return { kind: 'join', replica: members, city: undefined }
    case 7:
      return { kind: 'seal', replica, voters: chance.sample([...Array(members).keys()], 3) }
    case 8:
      return { kind: 'drop', mail: { kind: chance.pick(['commit', 'pre-accept', 'accept']), from: replica, to: other } }
    default:
      return {
        kind: 'propose',
        replica,
        name: 'a',
        spans: [chance.pick([write('k'), write('k'), read('k'), write('j'), readRange('a')])],
      }
  }
}

/** What both tell of an instance. How it came to its decision a core that starts again does not know any more. */
const told = ({ instance, phase, value, deps, initDeps, ballot, executed, void: isVoid }: TraceCell): unknown => ({
  instance,
  phase,
  value,
  deps,
  initDeps,
  ballot,
  executed,
  isVoid,
})

describe('what is recorded of a replica', () => {
  it('is what its core tells of itself, at every moment of a random run', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const chance = new Random(seed)
        const voters = 1 + chance.below(5)
        const { world, cores } = spied({
          seed,
          voters,
          net: { kind: 'even', delayMs: 20 },
          jitter: chance.pick([0, 0.5]),
          writeMs: chance.pick([0, 2, 30]),
          thrifty: chance.chance(0.3),
        })
        for (let step = 0; step < 60; step++) {
          world.runUntil(world.nowMs + chance.pick([0, 5, 25, 60, 200, 700, 3000]))
          try {
            world.act(someAction(chance, world.chronicle.members(world.nowMs).length))
          } catch (error) {
            if (!(error instanceof LabRefused)) throw error
          }
          for (const { replica, state, role, epoch } of world.chronicle.members(world.nowMs)) {
            if (state !== 'up' || role === 'joining') continue
            // Of a gap in a row there is nothing to record.
            const held = (cores.get(idOf(replica))?.trace(Number.POSITIVE_INFINITY) ?? []).flat()
            const own = held.filter(({ phase, ballot }) => phase !== 'none' || ballot > 0)
            const recorded = own.map(({ instance }) => world.chronicle.cell(replica, epoch, instance, world.nowMs))
            expect(recorded.map((cell) => cell && told(cell))).toEqual(own.map(told))
            // Of what it does not hold any more the picture keeps what was executed; a bare promise it shows, and the core does not.
            const rows = world.chronicle.rows(replica, epoch, world.nowMs, 1000).flat()
            const more = rows.filter(
              ({ instance }) =>
                !own.some(
                  (cell) =>
                    cell.instance === instance ||
                    (cell.instance.slot === instance.slot && cell.instance.number === instance.number),
                ),
            )
            expect(more.filter(({ executed, phase }) => !executed && phase !== 'none')).toEqual([])
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
