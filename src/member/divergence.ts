import type { ExecutedSet, ReplicaId } from '../core/index.js'
import {
  type Counted,
  type Ended,
  MAX_DIGEST_PARTS,
  MAX_PART_CODE_UNITS,
  type MemberMessage,
  type StateDigest,
} from './message.js'

/** As often as a member tells what its state has come to, at most. */
const TELL_MS = 2000

/** So many are told at a time: in a large room the others come next. */
const TOLD_AT_A_TIME = 8

/** Members whose state differs, at most: with more than a few of them, one more says nothing new. */
const MAX_DIVERGED = 16

/** A member that has executed the same, and has come to something else: another state, or other results. */
export interface Diverged {
  readonly member: ReplicaId
  /**
   * Those that have done it, by name, as far as that can be told: what was found first comes first, and is likely not
   * deterministic; what follows may merely have used what that has left.
   */
  readonly mutators: readonly string[]
}

/** What a member has executed, and what its state has come to by that. */
export interface Position {
  readonly epoch: number
  readonly executed: ExecutedSet
  /** Undefined: its machine can't tell. */
  digest(): Pick<StateDigest, 'state' | 'parts' | 'since' | 'ended'> | undefined
}

export interface DivergencePorts {
  /** Where this member is; undefined while it has no state. */
  readonly position: () => Position | undefined
  readonly send: (to: ReplicaId, message: MemberMessage) => void
  /** Found now; told again when more is known of it. */
  readonly found: (diverged: Diverged) => void
}

/**
 * Compares states: members that have executed the same must hold the same, and must have had the same results. A member
 * whose executed set has no gaps tells, now and then, what its state has come to, and had come to at the last seal or
 * sweep. Whoever is exactly there compares the one, and whoever has been there compares the other: so those that are never
 * at the same point at the same time compare as well.
 */
export class Divergence {
  readonly #ports: DivergencePorts
  /** Where it was when it last told, as text. */
  #told = ''
  #tellAtMs = Number.NEGATIVE_INFINITY
  /** Whom to begin with, of those who are there. */
  #next = 0
  readonly #diverged = new Map<ReplicaId, readonly string[]>()

  constructor(ports: DivergencePorts) {
    this.#ports = ports
  }

  /** In the order in which they were found. */
  get found(): readonly Diverged[] {
    return Array.from(this.#diverged, ([member, mutators]) => ({ member, mutators }))
  }

  /** Another state has taken the place of the one that was compared. */
  forget(): void {
    this.#diverged.clear()
  }

  /** To be called about once a second. @param present who is there */
  look(nowMs: number, present: readonly ReplicaId[]): void {
    const position = this.#ports.position()
    if (position === undefined) return
    const here = nameOf(position)
    if (here === this.#told || nowMs < this.#tellAtMs || present.length === 0) return
    const told = isPrefix(position) ? digestAt(position) : undefined
    if (told === undefined) return
    this.#told = here
    this.#tellAtMs = nowMs + TELL_MS
    const first = this.#next % present.length
    const inTurn = [...present.slice(first), ...present.slice(0, first)].slice(0, TOLD_AT_A_TIME)
    this.#next = first + inTurn.length
    for (const to of inTurn) this.#ports.send(to, told)
  }

  step(from: ReplicaId, told: StateDigest): void {
    const position = this.#ports.position()
    const own = position && digestAt(position)
    if (position === undefined || own === undefined) return
    const meets = isPrefix(position) && own.epoch === told.epoch && own.executed.join() === told.executed.join()
    // What was before comes first: it may have led to what is now.
    const differences = [endedDifference(own.ended, told.ended), meets ? difference(own, told) : undefined].filter(
      (one) => one !== undefined,
    )
    if (differences.length > 0) this.#differs(from, differences.flat(), isPrefix(position) ? own : undefined)
    else if (meets) this.#diverged.delete(from)
  }

  /** @param own undefined: it can't be told just now, and will be soon */
  #differs(from: ReplicaId, culprits: readonly string[], own: StateDigest | undefined): void {
    const known = this.#diverged.get(from)
    if (known === undefined && this.#diverged.size >= MAX_DIVERGED) return
    // The parts count anew now and then, and the states still differ: what was found stays.
    const mutators = [...new Set([...(known ?? []), ...culprits])].slice(0, MAX_DIGEST_PARTS)
    if (known?.length === mutators.length) return
    this.#diverged.set(from, mutators)
    this.#ports.found({ member: from, mutators })
    // So that it knows as well: it may have told, and not been told. Only with what is new here, or it would never end.
    if (own !== undefined) this.#ports.send(from, own)
  }
}

/** Where states can be compared at all: as text, since it is only ever compared. */
const nameOf = ({ epoch, executed: { frontier } }: Position): string => `${epoch}/${frontier}`

/** With gaps it is hardly ever the same at two members. */
const isPrefix = ({ executed: { beyond } }: Position): boolean => beyond.every((numbers) => numbers.length === 0)

const digestAt = ({ epoch, executed, digest }: Position): StateDigest | undefined => {
  const told = digest()
  if (told === undefined) return undefined
  const ended = told.ended && { ...tellable(told.ended), place: told.ended.place }
  return { kind: 'digest', epoch, executed: executed.frontier, ...tellable(told), ended }
}

/** Any machine's parts, within the bounds of the message. */
const tellable = ({ state, parts, since }: Counted): Counted => ({
  state: state >>> 0,
  parts: [...new Map(parts)]
    .filter(([name]) => name.length <= MAX_PART_CODE_UNITS && !/\p{Surrogate}/u.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_DIGEST_PARTS)
    .map(([name, digest]) => [name, digest >>> 0]),
  since,
})

/** Undefined where there is none, and where the two have not ended at one place. */
const endedDifference = (own: Ended | undefined, told: Ended | undefined): readonly string[] | undefined =>
  own === undefined || own.place !== told?.place ? undefined : difference(own, told)

/**
 * The parts that differ, in order; undefined where nothing does. Since both have executed the same, one that only one side
 * has is one, too; and parts may differ over equal states: they count results as well.
 */
const difference = (own: Counted, told: Counted): readonly string[] | undefined => {
  const comparable = own.since !== undefined && own.since === told.since
  const ours = new Map(comparable ? own.parts : [])
  const theirs = new Map(comparable ? told.parts : [])
  const differing = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
    (name) => ours.get(name) !== theirs.get(name),
  )
  return own.state === told.state && differing.length === 0 ? undefined : differing.sort()
}
