import { MAX_BRANCHES, MAX_MS, MAX_TEXT_CHARACTERS } from './bounds.js'
import type { LabAction, LabScript, LabSetup, LabStep } from './contract.js'
import { nextMomentMs } from './moments.js'
import { LabRefused } from './refused.js'
import { finish, replay, replaying } from './replay.js'
import { formatScenario } from './scenario.js'
import { formatScript, formatStep, parseScript, parseSteps } from './script.js'
import { formatSession, parseSession, stepsUntil } from './session-text.js'
import { InvalidScript, linesOf } from './words.js'
import type { LabParts, LabWorld } from './world.js'

/** One future of the run. */
export interface Branch {
  /** 0, 1, 2 … in the order in which they were made. */
  readonly id: number
  readonly name: string
  /** The one that it was taken from; undefined of the first. */
  readonly parent: number | undefined
  /** Up to and including that moment it is like its parent; virtual milliseconds. */
  readonly forkMs: number
  /** From the beginning of the run. */
  readonly script: LabScript
  /** Until when it was run. */
  readonly endMs: number
}

/** How far a session has come that is being opened. */
export interface Opening {
  readonly atMs: number
  readonly endMs: number
}

/** Runs of other futures that are kept, and needn't be run again to be looked at. */
const MAX_WORLDS = 4

/** What the text may grow by without anything being done: the times in it become longer. */
const SPARE_CHARACTERS = 512

/**
 * A visitor's time with the Lab: where they look, what they have done, and every future that came of it. Times are virtual
 * milliseconds, in thousandths; a run is over after ten minutes, or once as much has happened as a page can keep.
 */
export class LabSession {
  readonly #setup: LabSetup
  readonly #parts: LabParts | undefined
  readonly #branches: Branch[]
  /** Of other branches; the one left last is last. */
  readonly #worlds = new Map<number, LabWorld>()
  #current: number
  #world: LabWorld
  #positionMs: number
  /** Played, and less than a thousandth. */
  #restMs = 0

  private constructor(
    setup: LabSetup,
    parts: LabParts | undefined,
    branches: Branch[],
    at: { readonly current: number; readonly positionMs: number; readonly world: LabWorld },
  ) {
    this.#setup = setup
    this.#parts = parts
    this.#branches = branches
    this.#current = at.current
    this.#positionMs = at.positionMs
    this.#world = at.world
  }

  /** @throws InvalidScript where no text can say this setup; of what it can, times and shares are as the text says them */
  static begin(wanted: LabSetup, parts?: LabParts): LabSession {
    const script = parseScript(formatScript({ setup: wanted, steps: [] }))
    const { setup } = script
    const first: Branch = { id: 0, name: nameOf(0), parent: undefined, forkMs: 0, script, endMs: 0 }
    return new LabSession(setup, parts, [first], { current: 0, positionMs: 0, world: replay(script, 0, parts) })
  }

  /**
   * What `text` has written; a script by itself, too: that is run to its last step, and looked at as it begins.
   * @throws InvalidScript where it says nothing that can be run
   */
  static parse(text: string, parts?: LabParts): LabSession {
    return finish(LabSession.opening(text, parts))
  }

  /**
   * The same, bit by bit: a long run takes seconds. Tells in between at which moment it is, and until when it is to run, in
   * virtual milliseconds.
   */
  static *opening(text: string, parts?: LabParts): Generator<Opening, LabSession> {
    const { setup, branches, current, positionMs } = parseSession(text)
    const all = branches.map(({ parent, forkMs, steps, endMs }, id): Branch => {
      return { id, name: nameOf(id), parent, forkMs, script: { setup, steps }, endMs }
    })
    const { script, endMs } = all[current] as Branch
    const run = replaying(script, endMs, parts, (step) => branches[current]?.lines[step] ?? 1)
    let world: LabWorld | undefined
    while (world === undefined) {
      const { done, value } = run.next()
      if (done) world = value
      else yield { atMs: value, endMs }
    }
    return new LabSession(setup, parts, all, { current, positionMs, world })
  }

  get branches(): readonly Branch[] {
    return this.#branches
  }

  get current(): Branch {
    return this.#branches[this.#current] as Branch
  }

  /** Of the current branch: it has run to its end. */
  get world(): LabWorld {
    return this.#world
  }

  /** The moment that is looked at. */
  get positionMs(): number {
    return this.#positionMs
  }

  /** Plays: through what is recorded, then on. */
  advance(byMs: number): void {
    const wantedMs = this.#positionMs + this.#restMs + byMs
    this.seek(wantedMs)
    this.#restMs = Math.max(0, wantedMs - this.#positionMs) % GRID_MS
  }

  /** Back, which runs nothing, or forward: beyond what is recorded it runs on. */
  seek(ms: number): void {
    this.#restMs = 0
    this.#positionMs = onGrid(Math.min(Math.max(0, ms), MAX_MS))
    if (this.#positionMs < this.#world.nowMs) return
    this.#world.runUntil(this.#positionMs)
    // It may be over before.
    this.#positionMs = this.#world.nowMs
    const { current } = this
    if (current.endMs < this.#positionMs) this.#branches[current.id] = { ...current, endMs: this.#positionMs }
  }

  /** On to the next moment at which anything happens, or at which a message arrives; gossip aside. Says whether there is one soon. */
  step(what: 'event' | 'message'): boolean {
    const recordedMs = nextMomentMs(this.#world.chronicle, this.#positionMs, what)
    const found = recordedMs !== undefined || this.#world.step(what)
    // With all that happens at that same moment: positions tell no more apart.
    this.seek(recordedMs ?? this.#world.nowMs)
    return found
  }

  /**
   * Does something now. In the past that makes another future, run up to here, and goes over to it.
   * @throws LabRefused, in words for the visitor, where that can't be done; nothing is changed
   */
  act(action: LabAction): void {
    const { current } = this
    const atMs = this.#positionMs
    const isPast = atMs < current.endMs
    const earlier = isPast ? stepsUntil(current.script.steps, atMs) : current.script.steps
    const step = this.#checked({ atMs, action }, earlier)
    const script = { setup: this.#setup, steps: [...earlier, step] }
    if (isPast) {
      this.#fork(script)
      return
    }
    this.#world.act(step.action)
    this.#world.runUntil(atMs)
    this.#branches[current.id] = { ...current, script }
  }

  /**
   * Goes over to another future, to the same moment of it or to its end.
   * @throws InvalidScript where it came by a text and asks for what can't be done
   */
  select(branch: number): void {
    const next = this.#branches[branch]
    if (next === undefined || branch === this.#current) return
    this.#show(next, this.#worlds.get(branch) ?? replay(next.script, next.endMs, this.#parts))
    this.seek(Math.min(this.#positionMs, next.endMs))
  }

  /** All of it, for an address. */
  text(): string {
    return formatSession({
      setup: this.#setup,
      branches: this.#branches.map((branch) => ({ ...branch, steps: branch.script.steps })),
      current: this.#current,
      positionMs: this.#positionMs,
    })
  }

  /** The current future as a scenario: its script, and what has come of it. */
  test(): string {
    const { id, script, endMs } = this.current
    return formatScenario(`Future ${id + 1} of a run in the Lab`, script, endMs, this.#world)
  }

  #fork(script: LabScript): void {
    const id = this.#branches.length
    if (id === MAX_BRANCHES) throw new LabRefused(`there are ${MAX_BRANCHES} futures already: go on in one of them`)
    const forkMs = this.#positionMs
    const parent = this.#current
    const world = replay({ ...script, steps: script.steps.slice(0, -1) }, forkMs, this.#parts)
    for (const { action } of script.steps.slice(-1)) world.act(action)
    world.runUntil(forkMs)
    const branch: Branch = { id, name: nameOf(id), parent, forkMs, script, endMs: forkMs }
    this.#branches.push(branch)
    this.#show(branch, world)
  }

  #show(branch: Branch, world: LabWorld): void {
    this.#worlds.set(this.#current, this.#world)
    this.#worlds.delete(branch.id)
    for (const oldest of this.#worlds.keys()) {
      if (this.#worlds.size <= MAX_WORLDS) break
      this.#worlds.delete(oldest)
    }
    this.#current = branch.id
    this.#world = world
  }

  /** As the text will say it: what can't be said is not done, and a run and its address are never different things. */
  #checked(step: LabStep, earlier: readonly LabStep[]): LabStep {
    if (step.atMs >= MAX_MS) throw new LabRefused('this run is over: go back, or begin another one')
    try {
      const line = formatStep(step)
      if (this.text().length + line.length + SPARE_CHARACTERS > MAX_TEXT_CHARACTERS) {
        throw new LabRefused('so much was done that it would not fit into an address: begin another run')
      }
      return parseSteps(linesOf(line), step.atMs, earlier)[0]?.step ?? step
    } catch (error) {
      if (error instanceof InvalidScript) throw new LabRefused(error.problem)
      throw error
    }
  }
}

/** A thousandth of a millisecond, as scripts name times. */
const GRID_MS = 0.001

/** The last moment with a name that is not after it. */
const onGrid = (ms: number): number => {
  const nearest = Math.round(ms * 1000)
  // What was a named moment stays one, whatever its multiplication has come to.
  return (nearest / 1000 <= ms ? nearest : Math.floor(ms * 1000)) / 1000
}

const nameOf = (branch: number): string => `future ${branch + 1}`
