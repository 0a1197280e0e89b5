import type { RecoveryRule } from '../core/index.js'
import type { LaneCut, LaneFlight, LaneHappening } from './lane-content.js'
import { overMs } from './lane-geometry.js'
import { keyOfInstance, type Mark, shortened } from './lane-marks.js'
import { inMs } from './lane-scale.js'

/** What lanes show, in whole sentences. */

export type NameOf = (replica: number) => string

/** Why a recovery decided as it did, after a colon, for each rule that may have decided it. */
export type RuleWords = Readonly<Record<RecoveryRule, string>>

/** A flight as it is at a moment. */
export const flightInWords = (flight: LaneFlight, nameOf: NameOf, positionMs: number): string => {
  const { says, repeat } = flight
  const said = [requestInWords(flight, nameOf), says].filter((part) => part !== '').join(' ')
  return `${said}${repeat ? ' (a copy)' : ''}: ${fateInWords(flight, nameOf, positionMs)}`
}

const requestInWords = ({ kind, from, to, instance }: LaneFlight, nameOf: NameOf): string => {
  const [a, b] = [nameOf(from), nameOf(to)]
  const what = instance === undefined ? '' : ` ${keyOfInstance(instance)}`
  switch (kind) {
    case 'pre-accept':
      return `${a} asks ${b} to pre-accept${what}`
    case 'pre-accept-ok':
      return `${a} tells ${b} that it pre-accepts${what}`
    case 'accept':
      return `${a} asks ${b} to accept${what}`
    case 'accept-ok':
      return `${a} tells ${b} that it accepts${what}`
    case 'nack':
      return `${a} tells ${b} that it has promised a higher ballot for${what}`
    case 'commit':
      return `${a} tells ${b} the commit of${what}`
    case 'recover':
      return `${a} asks ${b}, to recover it, what it knows of${what}`
    case 'recover-ok':
      return `${a} tells ${b} what it knows of${what}`
    case 'validate':
      return `${a} asks ${b} what speaks against a fast commit of${what}`
    case 'validate-ok':
      return `${a} tells ${b} what speaks against a fast commit of${what}`
    case 'waiting':
      return `${a} tells ${b} that it waits with the recovery of${what}`
    case 'fetch':
      return `${a} asks ${b} for the commits from${what}`
    case 'frontier':
      return `${a} tells ${b} how far it is`
    case 'follow':
      return `${a}, which only follows, tells ${b} how far it is`
    case 'gone':
      return `${a} tells ${b} what everybody has executed and it has dropped`
    case 'sealed':
      return `${a} tells ${b} that the epoch is over`
    case 'snapshot':
      return `${a} sends ${b} a snapshot of its state`
  }
}

const fateInWords = (flight: LaneFlight, nameOf: NameOf, positionMs: number): string => {
  const { fate, sentMs, endMs, to } = flight
  const tookMs = inMs(endMs - sentMs)
  if (positionMs < overMs(flight)) return `on its way, ${inMs(Math.max(0, positionMs - sentMs))} of ${tookMs} ms`
  if (fate === 'lost') return `lost on its way at ${inMs(overMs(flight))} ms`
  if (fate === 'missed') return `came at ${inMs(endMs)} ms, when ${nameOf(to)} was down`
  return `came at ${inMs(endMs)} ms, after ${tookMs} ms`
}

export const markInWords = ({ first, last }: Mark, nameOf: NameOf, rules?: RuleWords): string => {
  if (first !== last && first.kind === 'executed' && last.kind === 'executed') {
    const [from, to] = [first, last].map(({ instance, position }) => `${keyOfInstance(instance)} as no. ${position}`)
    return `${nameOf(last.replica)} executes several at once, from ${from} to ${to}, at ${inMs(last.atMs)} ms`
  }
  return happeningInWords(last, nameOf, rules)
}

/** @param rules without them, rules go by their names alone */
export const happeningInWords = (happening: LaneHappening, nameOf: NameOf, rules?: RuleWords): string => {
  const said = `${nameOf(happening.replica)} ${deedInWords(happening, nameOf)}, at ${inMs(happening.atMs)} ms`
  return happening.kind === 'recovery' && rules !== undefined ? `${said}: ${rules[happening.rule]}` : said
}

const deedInWords = (happening: LaneHappening, nameOf: NameOf): string => {
  switch (happening.kind) {
    case 'proposed':
      return `proposes ${shortened(happening.name, (others) => `and ${others} more`)} as ${keyOfInstance(happening.instance)}`
    case 'vote': {
      const { votes, needed, instance, from, round, grown } = happening
      const what = grown ? 'which knew of more that it depends on' : VOTES[round]
      return `has ${votes} of ${needed} votes for ${keyOfInstance(instance)}: now that of ${nameOf(from)}, ${what}`
    }
    case 'committed':
      return `commits ${keyOfInstance(happening.instance)}${PATHS[happening.path]}`
    case 'executed': {
      const { instance, position } = happening
      return `executes ${keyOfInstance(instance)}${position > 0 ? ` as no. ${position}` : ''}`
    }
    case 'recovery':
      return `recovers ${keyOfInstance(happening.instance)} (${happening.rule})`
    case 'proposed-again':
      return `proposes what ${keyOfInstance(happening.instance)} was to be again, as ${keyOfInstance(happening.as)}`
    case 'entered':
      return `enters epoch ${happening.epoch}`
    case 'stopped':
      return `has stopped by its own rules (${happening.reason})`
    default:
      return LIVES[happening.kind]
  }
}

const VOTES = {
  'pre-accept': 'which pre-accepts it as it was proposed',
  accept: 'which accepts it',
  recover: 'which promises not to vote for less',
} as const

const PATHS = {
  fast: ' fast, after one round trip',
  slow: ' slowly, after a second round trip',
  recovered: ' by recovery',
  told: ', as it was told',
} as const

const LIVES = {
  crashed: 'crashes',
  restarted: 'starts again with what its disk holds',
  wiped: 'is gone with its disk',
  hidden: 'is a hidden tab now, whose timers run once a second',
  shown: 'is a visible tab again',
  joined: 'joins and waits for a snapshot',
  installed: 'has taken in a snapshot and follows from there',
} as const

/** A cut, between the lanes of these two. */
export const cutInWords = (cut: LaneCut, above: number, below: number, nameOf: NameOf): string => {
  const until = cut.untilMs === undefined ? 'on' : `until ${inMs(cut.untilMs)} ms`
  const side = (replica: number): string => (sideOf(cut, replica) ?? [replica]).map(nameOf).join(', ')
  return `Nothing passes between ${side(above)} and ${side(below)} from ${inMs(cut.fromMs)} ms ${until}`
}

const sideOf = (cut: LaneCut, replica: number): readonly number[] | undefined =>
  cut.sides.find((side) => side.includes(replica))

export const isCutBetween = (cut: LaneCut, a: number, b: number): boolean => {
  const side = sideOf(cut, a)
  return side === undefined || !side.includes(b)
}
