import { EpaxosError, MAX_VOTERS, Replica, type Span } from '../../core/index.js'
import type { AwsRegion } from '../aws.js'
import { MAX_COMMANDS, MAX_COST, MAX_MEMBERS, MAX_MS } from './bounds.js'
import { writesOf } from './burst.js'
import type { Chronicle, Finding, LabAction, LabSetup } from './contract.js'
import { LabHost } from './host.js'
import { LabJury } from './jury.js'
import { Post } from './post.js'
import { Recording } from './recording.js'
import { LabRefused } from './refused.js'
import { configurationOf, type Scene } from './scene.js'
import { Timetable, toGrid } from './timetable.js'

/** Parts of a run that are not the real ones. */
export interface LabParts {
  /** The core of every member: the museum's has a rule off. */
  readonly Replica?: typeof Replica
}

/** So long `step` waits for something to happen. */
const PATIENCE_MS = 60_000

/** So long after it should have come a snapshot is asked for again. */
const SNAPSHOT_PATIENCE_MS = 1000

/**
 * A run of the real core over a network, disks and timers that are simulated. The same setup, and the same actions at the
 * same times, give the same run; an action changes nothing of what came before it. Times are virtual milliseconds, in
 * thousandths.
 */
export class LabWorld {
  readonly #timetable = new Timetable()
  readonly #recording = new Recording(() => this.#timetable.now)
  readonly #jury = new LabJury()
  readonly #post: Post
  readonly #hosts: LabHost[] = []
  readonly #scene: Scene
  /** Commands asked for; of bursts also those that are still to come. */
  #commands = 0
  #burstWrites = 0

  /** @throws LabRefused for a setup that can't be */
  constructor(
    readonly setup: LabSetup,
    { Replica: core = Replica }: LabParts = {},
  ) {
    checkSetup(setup)
    const voters = Array.from({ length: setup.voters }, (_, replica) => replica)
    const post = new Post(setup, this.#timetable, this.#recording, (member) => this.#hosts[member])
    this.#post = post
    this.#scene = {
      setup,
      timetable: this.#timetable,
      recording: this.#recording,
      jury: this.#jury,
      Replica: core,
      configuration: configurationOf(0, voters),
      send: (from, to, message) => post.send(from, to, { message }),
      askForSnapshot: this.#askForSnapshot,
      city: (of) => post.city(of),
      preference: this.#preference,
    }
    for (const replica of voters) this.#hosts.push(new LabHost(replica, this.#scene, false))
    // Only now are all there that one may be near to.
    for (const host of this.#hosts) host.moved()
  }

  get chronicle(): Chronicle {
    return this.#recording
  }

  /** What the checkers have found so far. */
  get findings(): readonly Finding[] {
    return this.#jury.findings
  }

  get nowMs(): number {
    return this.#timetable.now
  }

  /** Whether what was answered so far is what one map would have answered. It may search for some tenths of a second. */
  linearizable(): 'yes' | 'no' | 'undecided' {
    return this.#jury.linearizable()
  }

  /** So much has happened that a page can keep no more: its time stands still. */
  get isOver(): boolean {
    return this.#recording.cost >= MAX_COST
  }

  /** Everything due by then happens, unless the run is over before. @throws LabRefused beyond ten minutes: a run ends there */
  runUntil(ms: number): void {
    this.runPart(ms, Number.POSITIVE_INFINITY)
  }

  /** The same, but for no more than so many events. @returns whether that was all @throws LabRefused beyond ten minutes */
  runPart(ms: number, events: number): boolean {
    if (!(ms <= MAX_MS)) throw new LabRefused(`a run ends after ${MAX_MS / 60_000} minutes: begin another one`)
    const untilMs = toGrid(ms)
    for (let left = events; !this.isOver; left--) {
      if (left <= 0) return false
      if (this.#timetable.next(untilMs)) continue
      this.#timetable.runUntil(untilMs)
      break
    }
    return true
  }

  /**
   * On to the next moment at which something happens, or a message leaves or ends; or to the next arrival of a message.
   * Gossip does not count, nor does a timer that fires in vain.
   * @returns whether there was one within 60 s, and before the run is over; otherwise that time has passed
   */
  step(what: 'event' | 'message'): boolean {
    const timetable = this.#timetable
    const untilMs = Math.min(timetable.now + PATIENCE_MS, MAX_MS)
    const count = (): number => (what === 'event' ? this.#recording.stirred : this.#recording.arrived)
    const before = count()
    while (!this.isOver && timetable.next(untilMs)) {
      if (count() === before) continue
      // All of that moment, as if the run had gone on to it.
      this.runUntil(timetable.now)
      return true
    }
    this.runUntil(untilMs)
    return false
  }

  /** Now. @throws LabRefused, in words for the visitor, where that can't be done now: then nothing has happened */
  act(action: LabAction): void {
    // Of two actions at one moment the second finds what the first has caused at once.
    this.runUntil(this.nowMs)
    if (this.isOver) throw new LabRefused('this run is over, so much has happened: go back, or begin another one')
    switch (action.kind) {
      case 'propose':
        return this.#propose(action.replica, action.name, action.spans)
      case 'burst':
        return this.#burst(action)
      case 'crash':
        return this.#inState(action.replica, ['up', 'hidden']).crash(false)
      case 'wipe':
        return this.#inState(action.replica, ['up', 'hidden', 'down', 'stopped']).crash(true)
      case 'restart':
        return this.#inState(action.replica, ['down', 'stopped']).restart()
      case 'hide':
        return this.#inState(action.replica, ['up']).hide()
      case 'show':
        return this.#inState(action.replica, ['hidden']).show()
      case 'cut':
        return this.#cut(action.sides)
      case 'heal':
        return this.#post.heal()
      case 'move':
        return this.#move(action.replica, action.city)
      case 'join':
        return this.#join(action.replica, action.city)
      case 'seal':
        for (const voter of action.voters) this.#host(voter)
        return this.#running(action.replica).seal(action.voters)
      case 'drop':
      case 'deliver':
        return this.#post.meddle(action.mail, action.kind)
      case 'delay':
        return this.#post.meddle(action.mail, { delayMs: action.byMs })
      case 'repeat':
        return this.#post.meddle(action.mail, { repeatMs: action.byMs })
    }
  }

  // Commands.

  #propose(replica: number, name: string, spans: readonly Span[]): void {
    if (!/^[A-Za-z0-9]{1,7}$/.test(name))
      throw new LabRefused(`a name is one to seven letters or digits, not "${name}"`)
    this.#checkCommands(1)
    this.#running(replica).propose(name, spans)
    this.#commands++
  }

  #burst(burst: Extract<LabAction, { readonly kind: 'burst' }>): void {
    if (burst.replicas.length === 0) throw new LabRefused('a burst needs somebody to propose it')
    for (const replica of burst.replicas) this.#host(replica)
    this.#checkCommands(burst.count)
    const { now } = this.#timetable
    const writes = writesOf(burst, this.setup.seed, now, this.#burstWrites)
    this.#commands += writes.length
    this.#burstWrites += writes.length
    for (const { atMs, replica, name, spans } of writes) {
      const propose = (): void => {
        try {
          this.#running(replica).propose(name, spans)
        } catch (error) {
          if (!(error instanceof EpaxosError)) throw error
          const { epoch } = this.#recording
          this.#recording.asked({ name, replica, spans, epoch }, error.message)
        }
      }
      if (atMs <= now) propose()
      else this.#timetable.at(atMs, propose)
    }
  }

  #checkCommands(more: number): void {
    if (this.#commands + more <= MAX_COMMANDS) return
    throw new LabRefused(
      `a run has at most ${MAX_COMMANDS} commands, this one has ${this.#commands}: begin another one`,
    )
  }

  // Members.

  #host(replica: number): LabHost {
    const host = this.#hosts[replica]
    if (host === undefined) throw new LabRefused(`there is no R${replica}`)
    return host
  }

  #inState(replica: number, states: readonly LabHost['state'][]): LabHost {
    const host = this.#host(replica)
    if (states.includes(host.state)) return host
    throw new LabRefused(`R${replica} is ${host.state === 'gone' ? 'gone for good' : host.state}`)
  }

  #running(replica: number): LabHost {
    const host = this.#inState(replica, ['up', 'hidden'])
    if (!host.isRunning) throw new LabRefused(`R${replica} waits for a snapshot: it has no state yet`)
    return host
  }

  #join(replica: number, city: AwsRegion | undefined): void {
    const next = this.#hosts.length
    if (next >= MAX_MEMBERS) throw new LabRefused(`a run has at most ${MAX_MEMBERS} members`)
    if (replica !== next) throw new LabRefused(`the next member is R${next}, not R${replica}`)
    if (this.#hasMap && city === undefined) throw new LabRefused(`R${replica} needs a city to join in`)
    if (city !== undefined) this.#checkMap()
    this.#post.place(replica, city)
    this.#recording.happened({ atMs: this.nowMs, replica, kind: 'joined' })
    this.#hosts.push(new LabHost(replica, this.#scene, true))
    for (const host of this.#hosts) host.moved()
  }

  #move(replica: number, city: AwsRegion): void {
    const host = this.#host(replica)
    this.#checkMap()
    if (host.state === 'gone') throw new LabRefused(`R${replica} is gone for good`)
    if (this.#post.city(replica) === city) throw new LabRefused(`R${replica} is there already`)
    this.#post.place(replica, city)
    for (const each of this.#hosts) each.moved()
  }

  get #hasMap(): boolean {
    return this.setup.net.kind === 'map'
  }

  #checkMap(): void {
    if (!this.#hasMap) throw new LabRefused('there are no cities here: begin a run on the map')
  }

  readonly #preference = (of: number): readonly number[] | undefined => {
    if (!this.#hasMap) return undefined
    return this.#post.nearest(
      of,
      [...this.#hosts.keys()].filter((replica) => replica !== of),
    )
  }

  readonly #askForSnapshot = (to: number, of: number | undefined): number => {
    const running = [...this.#hosts.keys()].filter((replica) => replica !== to && this.#hosts[replica]?.isRunning)
    const source = of !== undefined && running.includes(of) ? of : this.#post.nearest(to, running)[0]
    if (source === undefined) return SNAPSHOT_PATIENCE_MS
    const wayMs = this.#post.wayMs(to, source)
    this.#timetable.after(wayMs, () => {
      const saved = this.#post.passes(to, source) ? this.#hosts[source]?.offer(to) : undefined
      if (saved !== undefined) this.#post.send(source, to, { saved })
    })
    return SNAPSHOT_PATIENCE_MS + 4 * wayMs
  }

  #cut(sides: readonly (readonly number[])[]): void {
    const named = sides.flat()
    for (const replica of named) this.#host(replica)
    if (named.length === 0) throw new LabRefused('a cut has to leave somebody on a side of it')
    if (new Set(named).size < named.length) throw new LabRefused('nobody can be on two sides of a cut')
    this.#post.cut(sides)
  }
}

const checkSetup = ({ voters, net }: LabSetup): void => {
  if (!(Number.isInteger(voters) && voters >= 1 && voters <= MAX_VOTERS)) {
    throw new LabRefused(`a run begins with 1 to ${MAX_VOTERS} voters, not ${voters}`)
  }
  if (net.kind === 'map' && net.cities.length !== voters) {
    throw new LabRefused(`${voters} voters need a city each, and there are ${net.cities.length}`)
  }
}
