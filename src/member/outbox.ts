import { type Command, Timers } from '../core/index.js'

/** Unanswered for so long: another voter is asked. Doubled with each attempt; above what a recovery takes. */
const REPEAT_MS = 2000
const MAX_REPEAT_MS = 16_000

/** There was nobody to pass it to. */
const NOBODY_MS = 250

/** On their way through others, at most: a voter takes no more of one member, see `OnBehalf`. */
export const MAX_ASKED = 256

/** `kept`: it is executed, unless it is said that it was given up. `asked`: it may have got lost. */
export type Passed = 'kept' | 'asked' | 'nobody'

interface Own {
  readonly command: Command
  /** Others that were asked before. */
  attempts: number
  state: 'waiting' | 'asked' | 'kept'
}

/** A command's name: no two share one, and a retry has it too. */
export const nameOf = ({ session, sequence }: Command): string => `${session}/${sequence}`

/** A member's own commands, until they are executed here: passed on, and repeated, whatever becomes of those who took them. */
export class Outbox {
  readonly #pass: (command: Command, attempts: number) => Passed
  readonly #own = new Map<string, Own>()
  /** In the order in which they came. */
  #waiting: Own[] = []
  #asked = 0
  readonly #timers = new Timers<Own>()
  #now = 0
  #lookAtMs = 0

  /** @param pass to who may propose it; with each attempt to another one, where there is one */
  constructor(pass: (command: Command, attempts: number) => Passed) {
    this.#pass = pass
  }

  get size(): number {
    return this.#own.size
  }

  add(command: Command): void {
    const name = nameOf(command)
    if (this.#own.has(name)) return
    const own: Own = { command, attempts: 0, state: 'waiting' }
    this.#own.set(name, own)
    this.#waiting.push(own)
    this.#passOn()
  }

  executed(command: Command): void {
    const name = nameOf(command)
    const own = this.#own.get(name)
    if (own === undefined) return
    this.#own.delete(name)
    if (own.state === 'waiting') this.#waiting = this.#waiting.filter((one) => one !== own)
    if (own.state !== 'asked') return
    this.#asked--
    this.#passOn()
  }

  /** Whoever kept commands has given them up: they are passed on again. */
  givenUp(): void {
    for (const own of this.#own.values()) {
      if (own.state !== 'kept') continue
      own.state = 'waiting'
      this.#waiting.push(own)
    }
    this.#lookAtMs = 0
    this.#passOn()
  }

  tick(nowMs: number): void {
    this.#now = nowMs
    for (let due = this.#timers.due(nowMs); due !== undefined; due = this.#timers.due(nowMs)) {
      if (due.state !== 'asked' || this.#own.get(nameOf(due.command)) !== due) continue
      due.attempts++
      this.#asked--
      if (!this.#attempt(due)) this.#waiting.unshift(due)
    }
    this.#passOn()
  }

  #passOn(): void {
    if (this.#now < this.#lookAtMs) return
    while (this.#asked < MAX_ASKED) {
      const [first] = this.#waiting
      if (first === undefined) return
      if (!this.#attempt(first)) return
      this.#waiting.shift()
    }
  }

  /** @returns whether somebody has it now */
  #attempt(own: Own): boolean {
    const passed = this.#pass(own.command, own.attempts)
    own.state = passed === 'nobody' ? 'waiting' : passed
    if (passed === 'nobody') this.#lookAtMs = this.#now + NOBODY_MS
    if (passed === 'asked') {
      this.#asked++
      this.#timers.set(this.#now + Math.min(REPEAT_MS * 2 ** own.attempts, MAX_REPEAT_MS), own)
    }
    return passed !== 'nobody'
  }
}
