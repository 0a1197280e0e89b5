import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Agenda } from '../agenda.js'
import { Random } from '../random.js'
import { nameOf } from './log.js'
import { LogMachine } from './machine.js'
import type { LogCommand, LogValue } from './message.js'

type Step =
  /** Each that is up proposes. */
  | { readonly kind: 'propose' | 'heal' }
  /** Undefined: to whoever leads. */
  | { readonly kind: 'crash' | 'restart' | 'hide' | 'show' | 'cut'; readonly at: number | undefined }

interface Script {
  readonly seed: number
  readonly voters: number
  readonly writeMs: number
  readonly loss: number
  readonly steps: readonly (readonly [afterMs: number, step: Step])[]
}

const at = fc.option(fc.nat({ max: 6 }), { nil: undefined })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ kind: 'propose' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('crash', 'restart', 'hide', 'show', 'cut'), at }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'heal' }) },
)
/** Within a round trip of the last step, or long enough after it for another to lead. */
const afterMs = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 100 }), fc.integer({ min: 1500, max: 4000 }))
const script: fc.Arbitrary<Script> = fc.record({
  seed: fc.nat(),
  voters: fc.integer({ min: 1, max: 7 }),
  writeMs: fc.constantFrom(0, 3, 40),
  loss: fc.constantFrom(0, 0.1, 0.3),
  steps: fc.array(fc.tuple(afterMs, step), { minLength: 20, maxLength: 40 }),
})

/** Machines in a network that loses, repeats and reorders, and what each of them has told. */
class Trial {
  readonly agenda = new Agenda()
  readonly machines: readonly LogMachine[]
  /** What each has executed in its present life. */
  readonly logs: number[][]
  /** Proposed where nothing has crashed since. */
  readonly owed = new Set<LogCommand>()
  readonly #random: Random
  readonly #decided = new Map<number, string>()
  #alone: number | undefined
  #loss: number
  #sequence = 0

  constructor({ seed, voters, writeMs, loss }: Script) {
    this.#random = new Random(seed)
    this.#loss = loss
    this.logs = Array.from({ length: voters }, () => [])
    const premises = { agenda: this.agenda, voters, leader: seed % voters, writeMs, ports: this }
    this.machines = Array.from({ length: voters }, (_, slot) => new LogMachine(slot, premises))
  }

  send(from: number, to: number, message: Parameters<LogMachine['receive']>[1]): void {
    const copies = this.#random.chance(this.#loss) ? 0 : this.#random.chance(this.#loss) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      this.agenda.after(this.#random.between(1, 80), () => {
        if (from !== this.#alone && to !== this.#alone) this.machines[to]?.receive(from, message)
      })
    }
  }

  committed(_: number, { index, value }: { readonly index: number; readonly value: LogValue }): void {
    const said = JSON.stringify(value)
    const known = this.#decided.get(index) ?? said
    if (known !== said) expect(said).toBe(known)
    this.#decided.set(index, said)
  }

  executed(slot: number, command: LogCommand): void {
    this.logs[slot]?.push(nameOf(command))
  }

  act(step: Step): void {
    switch (step.kind) {
      case 'heal':
        this.#alone = undefined
        return
      case 'propose':
        for (const machine of this.machines) this.#propose(machine)
        return
      default:
        this.#actAt(step.kind, step.at === undefined ? this.#leader() : step.at % this.machines.length)
    }
  }

  calm(): void {
    this.#loss = 0
    this.#alone = undefined
    for (const slot of this.machines.keys()) for (const kind of ['show', 'restart'] as const) this.#actAt(kind, slot)
  }

  #leader(): number {
    const ballots = this.machines.map(({ replica }) => replica?.leadsAt ?? -1)
    return ballots.indexOf(Math.max(...ballots))
  }

  #propose(machine: LogMachine): void {
    if (machine.replica === undefined) return
    const command = { replica: machine.slot, sequence: ++this.#sequence }
    this.owed.add(command)
    machine.propose(command)
  }

  #actAt(kind: 'crash' | 'restart' | 'hide' | 'show' | 'cut', slot: number): void {
    const machine = this.machines[slot]
    if (machine === undefined) return
    if (kind === 'crash') {
      machine.crash()
      for (const command of this.owed) if (command.replica === slot) this.owed.delete(command)
    } else if (kind === 'cut') this.#alone = slot
    else if (kind !== 'restart') machine.setHidden(kind === 'hide')
    else if (machine.replica === undefined) {
      this.logs[slot] = []
      machine.restart()
    }
  }
}

it('all agree on every index and execute the same, each command once, whatever crashes, is cut off, lost or repeated', () => {
  fc.assert(
    fc.property(script, (script) => {
      const trial = new Trial(script)
      for (const [afterMs, step] of script.steps) {
        trial.agenda.runUntil(trial.agenda.now + afterMs)
        trial.act(step)
      }
      for (const log of trial.logs) {
        const longest = trial.logs.reduce((a, b) => (b.length > a.length ? b : a))
        expect(log).toEqual(longest.slice(0, log.length))
      }
      trial.calm()
      trial.act({ kind: 'propose' })
      trial.agenda.runUntil(trial.agenda.now + 30_000)
      for (const log of trial.logs) {
        expect(log).toEqual(trial.logs[0])
        expect(log).toEqual([...new Set(log)])
        expect(log).toEqual(expect.arrayContaining([...trial.owed].map(nameOf)))
      }
    }),
    { numRuns: 200 },
  )
})
