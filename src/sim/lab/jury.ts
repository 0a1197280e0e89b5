import type { Command, Deps, ExecutedSet, InstanceId, Proposed, Value } from '../../core/index.js'
import { show } from '../checkers/violation.js'
import { Calls } from './calls.js'
import { type Clash, Commits } from './commits.js'
import type { Finding } from './contract.js'
import { Course, type Crossing, nameOf, type Step } from './course.js'
import { nameOfValue } from './mailed.js'
import type { SpanResult } from './registers.js'

/** Where something is broken, it soon breaks everywhere: the first of it say enough. */
const MAX_FINDINGS_PER_CHECK = 20

/**
 * The checkers of a run, fed by its world with what it sees as it happens; they know nothing of what the visitor intends.
 * Replicas are given by their numbers.
 */
export class LabJury {
  readonly findings: Finding[] = []
  /** Of what was found already: the check, and the two that do not fit together. */
  readonly #found = new Set<string>()
  readonly #counts = new Map<Finding['check'], number>()
  readonly #commits = new Map<number, Commits>()
  readonly #course = new Course()
  readonly #calls = new Calls()
  #lastMs = 0

  /**
   * A life of a replica begins, by a start or an installed snapshot: its state holds all that was executed before an epoch,
   * and of it these. Not needed for the first lives in epoch 0.
   */
  began(replica: number, epoch: number, executed?: ExecutedSet): void {
    this.#course.begin(replica, epoch, executed)
  }

  /** Somebody waits for it from now on. */
  proposed(atMs: number, command: Command): void {
    this.#lastMs = atMs
    this.#calls.proposed(atMs, command)
  }

  /** Who proposed it knows by now what its spans have come to: who wrote is named as `nameOfCommand` does. */
  answered(atMs: number, command: Command, results: readonly SpanResult[]): void {
    this.#lastMs = atMs
    this.#calls.answered(atMs, command, results)
  }

  /** This replica has come to know a commit, by whatever way. */
  committed(atMs: number, replica: number, epoch: number, id: InstanceId, value: Value, deps: Deps): void {
    this.#lastMs = atMs
    const commits = this.#commits.get(epoch) ?? new Commits()
    this.#commits.set(epoch, commits)
    for (const clash of commits.add({ id, value, deps, replica })) {
      const pair = [show(clash.now.id), show(clash.before.id)].sort()
      this.#report(clash.check, `${epoch}: ${pair}`, () => clashInWords(clash, epoch))
    }
  }

  /** This replica has executed it; a no-op is not. */
  executed(atMs: number, replica: number, epoch: number, instance: InstanceId, value: Proposed): void {
    this.#lastMs = atMs
    const step: Step = { epoch, instance, value }
    const crossings = this.#course.execute(replica, step)
    if (crossings === undefined) {
      this.#report('order', `${nameOf(step)} again`, () => `R${replica} executed ${stepInWords(step)} twice`)
    }
    for (const crossing of crossings ?? []) {
      const pair = [nameOf(crossing.step), nameOf(crossing.other.step)].sort()
      this.#report('order', `${pair}`, () => crossingInWords(crossing))
    }
    if (value.kind === 'commands') for (const command of value.commands) this.#calls.executed(command)
  }

  /**
   * Whether what was answered is what one map would have answered, to one command after the other. Where an answer is
   * not what the order of execution explains, it may search for some seconds.
   */
  linearizable(): 'yes' | 'no' | 'undecided' {
    const { verdict, says } = this.#calls.judge()
    if (verdict === 'no') this.#report('linearizable', '', () => says)
    return verdict
  }

  #report(check: Finding['check'], pair: string, says: () => string): void {
    const key = `${check} ${pair}`
    const count = this.#counts.get(check) ?? 0
    if (this.#found.has(key) || count === MAX_FINDINGS_PER_CHECK) return
    this.#found.add(key)
    this.#counts.set(check, count + 1)
    this.findings.push({ check, atMs: this.#lastMs, says: says() })
  }
}

const clashInWords = ({ check, now, before }: Clash, epoch: number): string => {
  const told = ({ value, deps }: Clash['now']): string => `${nameOfValue(value)} {${deps}}`
  if (check === 'agreement') {
    return `${inEpoch(now.id, epoch)} is committed as ${told(before)} at R${before.replica}, and as ${told(now)} at R${now.replica}`
  }
  return `${inEpoch(before.id, epoch)} ${told(before)} and ${show(now.id)} ${told(now)} interfere, and neither depends on the other`
}

const crossingInWords = ({ key, replica, step, after, other }: Crossing): string => {
  const what = `R${replica} executed ${stepInWords(step)} after ${after} ${after === 1 ? 'write' : 'writes'} of ${key === '' ? 'the first key' : key}`
  return nameOf(step) === nameOf(other.step)
    ? `${what}, and R${other.replica} after ${other.after}`
    : `${what}, where R${other.replica} executed ${stepInWords(other.step)}`
}

const stepInWords = ({ epoch, instance, value }: Step): string => `${nameOfValue(value)} (${inEpoch(instance, epoch)})`

const inEpoch = (id: InstanceId, epoch: number): string => `${show(id)}${epoch === 0 ? '' : ` of epoch ${epoch}`}`
