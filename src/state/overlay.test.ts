import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRange, type Span, write } from '../core/index.js'
import { encodeCall } from './call.js'
import { defineState } from './define-state.js'
import type { Json } from './json.js'
import type { Proposal, StateMachine } from './machine.js'
import { refuse, type View } from './mutator.js'
import { Overlay, type Shown } from './overlay.js'
import { counter } from './parts/counter.js'
import { list } from './parts/list.js'

type Key = { key: string }
type Two = { from: string; to: string }

const todos = list<string>('todo')
const state = defineState({
  version: 1,
  mutators: {
    add: {
      touches: ({ key }: Key) => [write(key)],
      run: (tx, { key }) => tx.set(key, (tx.get<number>(key) ?? 0) + 1),
    },
    claim: {
      touches: ({ key }: Key) => [write(key)],
      run(tx, { key }) {
        tx.set(key, (tx.get<number>(key) ?? 0) + 100)
        return tx.get(key) === 100 ? { ok: true } : refuse('taken')
      },
    },
    move: {
      touches: ({ from, to }: Two) => [write(from), write(to)],
      run(tx, { from, to }) {
        const there = tx.get<number>(from) ?? 0
        tx.set(from, there - 1)
        if (there < 1) throw new Error(`nothing is left of ${from}`)
        tx.set(to, (tx.get<number>(to) ?? 0) + 1)
      },
    },
    sum: {
      touches: ({ key }: Key) => [readRange('a', 'e'), write(key)],
      run(tx, { key }) {
        let sum = 0
        for (const [, value] of tx.scan<number>({ from: 'a', to: 'e' })) sum += value
        tx.set(key, sum)
      },
    },
    forget: { touches: ({ key }: Key) => [write(key)], run: (tx, { key }) => tx.delete(key) },
    stray: { touches: () => [], run: (tx) => tx.set('a', 1) },
  },
  parts: { hits: counter('hits'), todos },
})

type Call = readonly [name: string, args?: Json]

const spansOf = ([name, args]: Call): readonly Span[] => {
  const { key, from, to } = (args ?? {}) as Record<string, string>
  const keys = [key, from, to].flatMap((each) => (each === undefined ? [] : [write(each)]))
  if (name === 'sum') return [...keys, readRange('a', 'e')]
  if (name === 'stray') return []
  if (name === 'hits.add') return [write('hits')]
  return name === 'todos.push' ? [todos.touches()] : keys
}

const proposal = (call: Call, seed: number): Proposal => {
  const [name, args] = call
  const circumstances = { now: 1, seed, author: 'Ada' }
  return { spans: spansOf(call), payload: encodeCall({ name, args, circumstances }) }
}

const shown = (id: string, ...call: Call): Shown => ({ id, ...proposal(call, 0) })

const content = (view: View): readonly (readonly [string, Json])[] => [...view.scan()]

const applied = (machine: StateMachine, { spans, payload }: Proposal): void => {
  try {
    machine.apply({ spans, payload })
  } catch {
    // As the session table does it: an answer, and nothing has changed.
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd')
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(fc.constantFrom('add', 'claim', 'sum', 'forget'), fc.record({ key })),
  fc.tuple(
    fc.constant('move'),
    fc.record({ from: key, to: key }).filter(({ from, to }) => from !== to),
  ),
  fc.constant<Call>(['stray']),
  fc.constant<Call>(['hits.add']),
  fc.constant<Call>(['todos.push', { value: 'x' }]),
  fc.constant<Call>(['no such mutator']),
)

const step = fc.record({
  what: fc.oneof(
    { weight: 4, arbitrary: call.map((own) => ({ own })) },
    { weight: 2, arbitrary: call.map((others) => ({ others })) },
    { weight: 3, arbitrary: fc.nat().map((execute) => ({ execute })) },
    { weight: 1, arbitrary: fc.nat().map((withdraw) => ({ withdraw })) },
    { weight: 1, arbitrary: fc.constantFrom('fork' as const, 'restore' as const, 'none' as const) },
  ),
  /** Somebody looks after it: what nobody looks at is not made. */
  look: fc.boolean(),
})

/** A room's executed state and what is shown of it, and by what calls alone both came about. */
class Scene {
  machine = state.create()
  readonly overlay: Overlay<View> = new Overlay(() => this.machine)
  readonly #executed: Proposal[] = []
  readonly #pending: Shown[] = []
  #calls = 0

  add(own: Call): void {
    this.#calls++
    const draft = { id: String(this.#calls), ...proposal(own, this.#calls) }
    this.#pending.push(draft)
    this.overlay.add(draft)
  }

  execute(others: Call): void {
    this.#calls++
    this.#apply(proposal(others, this.#calls))
  }

  /** Of the own ones, whichever comes next: what does not interfere is executed in any order. */
  executeOwn(place: number): void {
    const draft = this.#take(place)
    if (draft === undefined) return
    this.#apply(draft)
    this.overlay.remove(draft.id)
  }

  withdraw(place: number): void {
    const draft = this.#take(place)
    if (draft !== undefined) this.overlay.remove(draft.id)
  }

  replace(how: 'fork' | 'restore'): void {
    if (how === 'fork') this.machine = this.machine.fork()
    else {
      const other = state.create()
      other.restore(this.machine.snapshot(), 1)
      this.machine = other
    }
    this.overlay.changed()
  }

  settle(): void {
    while (this.#pending.length > 0) this.executeOwn(0)
  }

  /** The same, from nothing. */
  naive(): readonly (readonly [string, Json])[] {
    const machine = state.create()
    for (const each of [...this.#executed, ...this.#pending]) applied(machine, each)
    return content(machine.value)
  }

  #take(place: number): Shown | undefined {
    return this.#pending.splice(place % Math.max(this.#pending.length, 1), 1)[0]
  }

  #apply(each: Proposal): void {
    this.#executed.push(each)
    applied(this.machine, each)
    this.overlay.changed()
  }
}

describe('the optimistic value', () => {
  it('is that of all that was executed and then proposed, at any time, and the executed one once all is executed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const scene = new Scene()
        const seen: (readonly [View, readonly (readonly [string, Json])[]])[] = []
        for (const { what, look } of steps) {
          if (typeof what === 'string') {
            if (what !== 'none') scene.replace(what)
          } else if ('own' in what) scene.add(what.own)
          else if ('others' in what) scene.execute(what.others)
          else if ('execute' in what) scene.executeOwn(what.execute)
          else scene.withdraw(what.withdraw)
          if (!look) continue
          const view = scene.overlay.value
          expect(content(view)).toEqual(scene.naive())
          expect(scene.overlay.value).toBe(view)
          seen.push([view, content(view)])
        }
        scene.settle()
        expect(scene.overlay.value).toBe(scene.machine.value)
        expect(content(scene.overlay.value)).toEqual(scene.naive())
        for (const [view, was] of seen) expect(content(view)).toEqual(was)
      }),
      { numRuns: 500 },
    )
  })

  it('is the executed value itself where nothing was proposed', () => {
    const scene = new Scene()
    expect(scene.overlay.value).toBe(scene.machine.value)
    scene.execute(['add', { key: 'a' }])
    expect(scene.overlay.value).toBe(scene.machine.value)
  })

  it('changes nothing of what is executed', () => {
    const scene = new Scene()
    const before = scene.machine.value
    scene.overlay.add(shown('1', 'add', { key: 'a' }))
    expect(scene.overlay.value.get('a')).toBe(1)
    expect(scene.machine.value).toBe(before)
    expect(before.size).toBe(0)
  })

  it('is that of a machine to read from, and to rehearse on, with all that is shown', () => {
    const scene = new Scene()
    scene.overlay.add(shown('1', 'add', { key: 'a' }))
    expect(scene.overlay.machine.reading([write('a')]).get('a')).toBe(1)
    expect(scene.overlay.machine.value).toBe(scene.overlay.value)
    scene.overlay.remove('1')
    expect(scene.overlay.machine).toBe(scene.machine)
  })

  it('shows a claim until another one was first, and shows it again where that one is gone by then', () => {
    const scene = new Scene()
    scene.overlay.add(shown('1', 'claim', { key: 'a' }))
    expect(scene.overlay.value.get('a')).toBe(100)
    scene.execute(['add', { key: 'a' }])
    expect(scene.overlay.value.get('a')).toBe(1)
    scene.execute(['forget', { key: 'a' }])
    expect(scene.overlay.value.get('a')).toBe(100)
  })

  it('takes a draft once, be it told of it twice', () => {
    const scene = new Scene()
    scene.overlay.add(shown('1', 'add', { key: 'a' }))
    expect(scene.overlay.value.get('a')).toBe(1)
    scene.overlay.add(shown('1', 'add', { key: 'a' }))
    expect(scene.overlay.value.get('a')).toBe(1)
    scene.overlay.remove('1')
    scene.overlay.remove('1')
    expect(scene.overlay.value).toBe(scene.machine.value)
  })
})

describe('making it', () => {
  /** How often drafts were applied for show. */
  const counted = (
    machine: StateMachine<View>,
  ): { overlay: Overlay<View>; runs: () => number; forks: () => number } => {
    let runs = 0
    let forks = 0
    const watched: StateMachine<View> = Object.create(machine, {
      value: { get: () => machine.value },
      fork: {
        value: () => {
          forks++
          const fork = machine.fork()
          return Object.create(fork, {
            value: { get: () => fork.value },
            apply: {
              value: (each: Proposal) => {
                runs++
                return fork.apply(each)
              },
            },
          })
        },
      },
    })
    return { overlay: new Overlay(() => watched), runs: () => runs, forks: () => forks }
  }

  it('runs one that is added to what was looked at, and no other', () => {
    const { overlay, runs, forks } = counted(state.create())
    for (let i = 0; i < 10; i++) {
      overlay.add(shown(String(i), 'add', { key: 'a' }))
      expect(overlay.value.get('a')).toBe(i + 1)
    }
    expect([runs(), forks()]).toEqual([10, 1])
  })

  it('is done once for all that comes and goes between two looks, and not at all where nobody looks', () => {
    const { overlay, runs, forks } = counted(state.create())
    for (let i = 0; i < 10; i++) overlay.add(shown(String(i), 'add', { key: 'a' }))
    overlay.changed()
    expect([runs(), forks()]).toEqual([0, 0])
    expect(overlay.value.get('a')).toBe(10)
    for (let i = 0; i < 5; i++) {
      overlay.changed()
      overlay.remove(String(i))
    }
    expect([runs(), forks()]).toEqual([10, 1])
    expect(overlay.value.get('a')).toBe(5)
    expect(overlay.value.get('a')).toBe(5)
    expect([runs(), forks()]).toEqual([15, 2])
  })

  it('forgets what is not shown any more before it was looked at', () => {
    const { overlay, runs } = counted(state.create())
    overlay.add(shown('1', 'add', { key: 'a' }))
    expect(overlay.value.get('a')).toBe(1)
    overlay.add(shown('2', 'add', { key: 'a' }))
    overlay.remove('2')
    expect(overlay.value.get('a')).toBe(1)
    expect(runs()).toBe(2)
  })
})
