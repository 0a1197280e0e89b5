import type { InstanceId } from '../core/index.js'
import type { LaneFlight, LaneHappening } from './lane-content.js'
import type { Track } from './lane-scale.js'
import { firstAfter, firstFrom } from './lane-search.js'

const TRACKS: readonly Track[] = ['above', 'line', 'committed', 'executed']

/** What is drawn for a happening, or for executions at one moment. */
export interface Mark {
  readonly atMs: number
  readonly replica: number
  /** The first and the last happening that it stands for: more than one only where a replica executes several at once. */
  readonly first: LaneHappening
  readonly last: LaneHappening
  /** `slot.number`; of several executions that of the first. */
  readonly key: string | undefined
  readonly text: string
}

/** Pixels that a mark takes when it is drawn in full, with its text. */
const CHARACTER = 6.4
const PADDING = 8
const RING = 11
const COMMITTED = 14
/** Between the texts of two marks. */
const GAP = 3

/** The widest mark that may reach into a window from outside. */
export const MARK_MARGIN = 60

/**
 * The marks of every lane. Where they crowd, the first one is drawn in full, and those that follow give way until there
 * is room again. Decided from the beginning of the run on, not of the window: nothing changes as the window slides.
 */
export class MarkIndex {
  #happenings: readonly LaneHappening[] = []
  #taken = 0
  readonly #rows: Row[] = []

  /** Takes in what has been added. Another array is another run. */
  update(happenings: readonly LaneHappening[]): void {
    if (happenings !== this.#happenings) {
      this.#happenings = happenings
      this.#taken = 0
      this.#rows.length = 0
    }
    for (; this.#taken < happenings.length; this.#taken++) this.#take(happenings[this.#taken] as LaneHappening)
  }

  /** Calls `visit` with each mark of that stretch of time, both ends included, and with whether it is drawn in full. */
  between(
    fromMs: number,
    untilMs: number,
    msPerPixel: number,
    visit: (mark: Mark, track: Track, full: boolean) => void,
  ): void {
    for (const { track, marks, room } of this.#rows) {
      room.measure(marks, msPerPixel)
      const end = firstAfter(marks, atMsOf, untilMs)
      for (let i = firstFrom(marks, atMsOf, fromMs); i < end; i++) visit(marks[i] as Mark, track, room.isFull(i))
    }
  }

  #take(happening: LaneHappening): void {
    const track = trackOf(happening)
    const { marks } = this.#row(happening.replica, track)
    const before = marks.at(-1)
    const several = before !== undefined && track === 'executed' && before.atMs === happening.atMs
    const first = several ? before.first : happening
    const mark = {
      atMs: happening.atMs,
      replica: happening.replica,
      first,
      last: happening,
      key: keyOfHappening(first),
      text: textOf(first, happening),
    }
    if (several) marks[marks.length - 1] = mark
    else marks.push(mark)
  }

  #row(replica: number, track: Track): Row {
    const found = this.#rows.find((row) => row.replica === replica && row.track === track)
    if (found !== undefined) return found
    const made = { replica, track, marks: [], room: new Room(track) }
    this.#rows.push(made)
    // Those whose texts are widest last, over the others.
    this.#rows.sort((a, b) => TRACKS.indexOf(a.track) - TRACKS.indexOf(b.track) || a.replica - b.replica)
    return made
  }
}

interface Row {
  readonly replica: number
  readonly track: Track
  readonly marks: Mark[]
  readonly room: Room
}

/** Which marks of a row have room, at one scale. */
class Room {
  readonly #track: Track
  #msPerPixel = 0
  readonly #full: boolean[] = []
  /** Where the last one that is drawn in full ends. */
  #end = Number.NEGATIVE_INFINITY

  constructor(track: Track) {
    this.#track = track
  }

  isFull(i: number): boolean {
    return this.#full[i] === true
  }

  measure(marks: readonly Mark[], msPerPixel: number): void {
    if (msPerPixel !== this.#msPerPixel) {
      this.#msPerPixel = msPerPixel
      this.#full.length = 0
      this.#end = Number.NEGATIVE_INFINITY
    }
    for (let i = this.#full.length; i < marks.length; i++) {
      const mark = marks[i] as Mark
      const half = widthOf(mark, this.#track) / 2
      const x = mark.atMs / msPerPixel
      const full = x - half >= this.#end
      this.#full.push(full)
      if (full) this.#end = x + half + GAP
    }
  }
}

/** Of a mark in full, in pixels. Texts are of digits and short words: near enough. */
export const widthOf = ({ text }: Pick<Mark, 'text'>, track: Track): number => {
  if (track === 'line') return RING
  if (track === 'committed') return COMMITTED
  return text.length * CHARACTER + PADDING
}

export const keyOfInstance = ({ slot, number }: InstanceId): string => `${slot}.${number}`

export const keyOfFlight = ({ instance }: LaneFlight): string | undefined =>
  instance === undefined ? undefined : keyOfInstance(instance)

export const keyOfHappening = (happening: LaneHappening): string | undefined =>
  'instance' in happening ? keyOfInstance(happening.instance) : undefined

const trackOf = ({ kind }: LaneHappening): Track => {
  if (kind === 'vote') return 'line'
  if (kind === 'committed' || kind === 'executed') return kind
  return 'above'
}

const textOf = (first: LaneHappening, last: LaneHappening): string => {
  switch (last.kind) {
    case 'proposed':
      return shortened(last.name, (others) => `+${others}`)
    case 'executed': {
      const from = first.kind === 'executed' ? first.position : last.position
      if (last.position === 0) return ''
      return from === last.position || from === 0 ? `${last.position}` : `${from}–${last.position}`
    }
    case 'recovery':
      return last.rule
    case 'proposed-again':
      return 'again'
    case 'entered':
      return `epoch ${last.epoch}`
    case 'vote':
    case 'committed':
      return ''
    default:
      return LIVES[last.kind]
  }
}

/** Several commands that are proposed together have their names with this between them. */
const TOGETHER = '+'

/** More names than this are counted. */
const MOST_NAMES = 2

/** The name as it is where it is of few commands; of many the first one, with how many the others are. */
export const shortened = (name: string, counted: (others: number) => string): string => {
  const names = name.split(TOGETHER)
  return names.length > MOST_NAMES ? `${names[0]} ${counted(names.length - 1)}` : name
}

const LIVES = {
  crashed: 'crash',
  restarted: 'restart',
  wiped: 'disk lost',
  hidden: 'hidden',
  shown: 'shown',
  joined: 'joins',
  installed: 'snapshot',
  stopped: 'stopped',
} as const

const atMsOf = ({ atMs }: Mark): number => atMs
