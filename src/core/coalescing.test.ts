import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { command as anyCommand } from './arbitraries.js'
import { Coalescing, type Lone } from './coalescing.js'
import {
  type Command,
  type Proposed,
  read,
  readRange,
  type Sweep,
  valuesInterfere,
  write,
  writeRange,
} from './command.js'
import { commandBytes, MAX_COMMANDS_PER_BATCH } from './limits.js'
import { Stage } from './stage.js'
import { command } from './stage-words.js'

/** Nothing more goes into a batch of this many bytes. */
const MAX_BATCH_BYTES = 256 << 10

type Step = { readonly propose: Command } | 'sweep' | { readonly finish: number }

const itemsOf = (value: Proposed): readonly (Command | Lone)[] => (value.kind === 'commands' ? value.commands : [value])

const proposalOf = (item: Command | Lone): Proposed => ('kind' in item ? item : { kind: 'commands', commands: [item] })

const namesOf = (values: readonly Proposed[]): string[][] =>
  values.map((value) => itemsOf(value).map((it) => ('payload' in it ? String.fromCharCode(...it.payload) : it.kind)))

const sweep = (name: string): Sweep => ({ kind: 'sweep', payload: new TextEncoder().encode(name) })

const sizeOf = (value: Proposed): number => itemsOf(value).length

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anyCommand.map((propose): Step => ({ propose })) },
    { weight: 1, arbitrary: fc.constant<Step>('sweep') },
    { weight: 4, arbitrary: fc.nat(100).map((finish): Step => ({ finish })) },
  ),
  { maxLength: 60 },
)

describe('coalescing', () => {
  it('never lets two interfering proposals be on their way, keeps their order, and lets each depart once', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const coalescing = new Coalescing()
        const taken: (Command | Lone)[] = []
        const departed: (Command | Lone)[] = []
        let underWay: Proposed[] = []
        const depart = (values: readonly Proposed[]): void => {
          for (const value of values) {
            expect(sizeOf(value)).toBeLessThanOrEqual(MAX_COMMANDS_PER_BATCH)
            for (const other of underWay) expect(valuesInterfere(value, other)).toBe(false)
            underWay.push(value)
            departed.push(...itemsOf(value))
          }
        }
        const finish = (which: number): void => {
          const value = underWay[which % underWay.length]
          if (value === undefined) return
          underWay = underWay.filter((other) => other !== value)
          coalescing.executed(value)
          depart(coalescing.release())
        }
        const take = (step: Exclude<Step, { finish: number }>): Proposed | undefined => {
          // Each proposal is an object of its own; their spans may well be shared.
          const item = step === 'sweep' ? sweep('s') : { ...step.propose }
          taken.push(item)
          return 'kind' in item ? coalescing.takeLone(item) : coalescing.take(item, false)
        }
        for (const step of script) {
          if (step !== 'sweep' && 'finish' in step) finish(step.finish)
          else {
            const value = take(step)
            if (value !== undefined) depart([value])
          }
          expect(coalescing.waiting).toBe(taken.length - departed.length)
          expect(coalescing.pending).toBe(coalescing.waiting + underWay.reduce((sum, value) => sum + sizeOf(value), 0))
        }
        while (underWay.length > 0) finish(0)
        expect(new Set(departed)).toEqual(new Set(taken))
        expect(departed).toHaveLength(taken.length)
        departed.forEach((later, i) => {
          for (const earlier of departed.slice(0, i)) {
            if (valuesInterfere(proposalOf(earlier), proposalOf(later))) {
              expect(taken.indexOf(earlier)).toBeLessThan(taken.indexOf(later))
            }
          }
        })
      }),
    )
  })

  it('lets a sweep travel alone: it overtakes nothing, and nothing overtakes it', () => {
    const coalescing = new Coalescing()
    const first = coalescing.take(command('a', write('x')), false) as Proposed
    expect(coalescing.takeLone(sweep('s'))).toBeUndefined()
    expect(coalescing.take(command('b', write('elsewhere')), false)).toBeUndefined()
    coalescing.executed(first)
    const [alone, ...others] = coalescing.release()
    expect([namesOf([alone as Proposed]), others]).toEqual([[['s']], []])
    expect(coalescing.take(command('c', write('far away')), false)).toBeUndefined()
    coalescing.executed(alone as Proposed)
    expect(namesOf(coalescing.release())).toEqual([['b'], ['c']])
  })

  it('holds back what interferes with a proposal of an earlier life until that has ended', () => {
    const coalescing = new Coalescing()
    const earlier: Proposed = { kind: 'commands', commands: [command('a', write('x'))] }
    coalescing.inherit(earlier)
    expect(coalescing.take(command('b', write('x')), false)).toBeUndefined()
    expect(namesOf([coalescing.take(command('c', write('y')), false) as Proposed])).toEqual([['c']])
    coalescing.executed(earlier)
    expect(namesOf(coalescing.release())).toEqual([['b']])
  })

  it('puts what is connected by interference into one batch, and the rest into others', () => {
    const coalescing = new Coalescing()
    const first = coalescing.take(command('0', writeRange('')), false)
    for (const [name, ...spans] of [
      ['a', write('x')],
      ['b', write('y')],
      ['c', read('x'), write('y')],
      ['d', write('z')],
    ] as const) {
      expect(coalescing.take(command(name, ...spans), false)).toBeUndefined()
    }
    coalescing.executed(first as Proposed)
    expect(namesOf(coalescing.release())).toEqual([['a', 'b', 'c'], ['d']])
  })

  it('lets a command wait for one that shares its range and is still on its way', () => {
    const everything = readRange('')
    const coalescing = new Coalescing()
    const first = coalescing.take(command('a', everything), false)
    coalescing.take(command('b', everything), false)
    coalescing.executed(first as Proposed)
    expect(coalescing.take(command('c', write('k')), false)).toBeUndefined()
  })

  it('bounds a batch by its number of commands, and what is over goes next', () => {
    const coalescing = new Coalescing()
    let underWay = coalescing.take(command('0'), false) as Proposed
    for (let i = 0; i < MAX_COMMANDS_PER_BATCH + 5; i++) coalescing.take(command(`c${i}`), false)
    const sizes: number[] = []
    for (;;) {
      coalescing.executed(underWay)
      const [next, ...others] = coalescing.release()
      expect(others).toEqual([])
      if (next === undefined) break
      sizes.push(sizeOf(next))
      underWay = next
    }
    expect(sizes).toEqual([MAX_COMMANDS_PER_BATCH, 5])
  })

  it('bounds a batch by its bytes, except for a command that is larger by itself', () => {
    const coalescing = new Coalescing()
    const large = { ...command('large'), payload: new Uint8Array(MAX_BATCH_BYTES + 1) }
    const half = { ...command('half'), payload: new Uint8Array(MAX_BATCH_BYTES / 2 - commandBytes(command(''))) }
    let underWay = coalescing.take(command('0'), false) as Proposed
    for (const next of [large, half, { ...half }, { ...half }]) coalescing.take(next, false)
    const sizes: number[] = []
    for (let i = 0; i < 3; i++) {
      coalescing.executed(underWay)
      underWay = coalescing.release()[0] as Proposed
      sizes.push(sizeOf(underWay))
    }
    expect(sizes).toEqual([1, 2, 1])
    expect(coalescing.pending).toBe(1)
  })

  it('holds an own proposal back until the one it interferes with is executed, not only committed [H16]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    stage.withhold(0)
    stage.deliver('pre-accept-ok')
    stage.propose(0, command('b'))
    expect(stage.cell(0, '0.1')?.phase).toBe('committed')
    expect(stage.replica(0).status()).toMatchObject({ pending: 2, waiting: 1 })
    expect(stage.cell(0, '0.2')).toBeUndefined()
    stage.write(0)
    expect(stage.executed(0)).toBe('a')
    expect(stage.replica(0).status()).toMatchObject({ pending: 1, waiting: 0 })
    expect(stage.cell(0, '0.2')?.phase).toBe('pre-accepted')
  })

  it('holds it back also while that one, long committed, waits for another row [H16]', () => {
    const stage = new Stage(3)
    stage.propose(1, command('x'))
    stage.deliver('pre-accept')
    stage.mail = []
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    expect(stage.committed(0, '0.1')).toBe('a {0,1,0}')
    stage.propose(0, command('b'))
    expect(stage.replica(0).status()).toMatchObject({ pending: 2, waiting: 1 })
    stage.tell(1, 0, { kind: 'commit', epoch: 0, instance: { slot: 1, number: 1 }, value: undefined, deps: [0, 0, 0] })
    expect(stage.executed(0)).toBe('x a')
    expect(stage.replica(0).status()).toMatchObject({ pending: 1, waiting: 0 })
  })

  it('bounds a component by the number of voters on one hot key, with all PreAccepts crossing [H16]', () => {
    const stage = new Stage(3)
    const rounds = 20
    for (let i = 0; i < rounds; i++) {
      for (const slot of [0, 1, 2]) stage.propose(slot, command(`${'abc'[slot]}${i}`))
      // One step of the network at a time: everything of one kind crosses everything else.
      stage.arrive(stage.mail.splice(0))
    }
    stage.settle()
    const cells = stage.replica(0).trace(Number.POSITIVE_INFINITY).flat()
    for (const a of cells) {
      // Mutual dependency is what can put two instances into one component: never two of one row.
      const mutual = cells.filter((b) => b !== a && reaches(a.deps, b.instance) && reaches(b.deps, a.instance))
      expect(mutual.length).toBeLessThan(3)
      expect(new Set([a, ...mutual].map(({ instance }) => instance.slot)).size).toBe(mutual.length + 1)
    }
    expect(stage.executed(0).split(' ')).toHaveLength(3 * rounds)
    for (const slot of [1, 2]) expect(stage.executed(slot)).toBe(stage.executed(0))
  })
})

const reaches = (deps: readonly number[] | undefined, { slot, number }: { slot: number; number: number }): boolean =>
  number <= (deps?.[slot] ?? 0)
