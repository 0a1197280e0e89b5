import type { LaneFlightKind } from './lane-content.js'

/** Custom properties, without their dashes. */
export type LaneColour =
  | 'ink'
  | 'quiet'
  | 'paper'
  | 'rule'
  | 'edge'
  | 'grave'
  | 'none'
  | 'pre-accepted'
  | 'accepted'
  | 'committed'
  | 'executed'

/** The colours of the lanes by custom property, with those of light paper for where there is none. */
export const LANE_COLOURS: Readonly<Record<LaneColour, string>> = {
  ink: '#1c2430',
  quiet: '#5b6675',
  paper: '#fff',
  rule: '#d9dee6',
  edge: '#8b97a8',
  grave: '#a32b1e',
  none: '#6b7685',
  'pre-accepted': '#a35a00',
  accepted: '#7b3fc4',
  committed: '#1762c4',
  executed: '#10714f',
}

export type HeadShape = 'solid' | 'open' | 'double' | 'diamond' | 'box'

/** How the arrows of some kinds of message look: told apart without their colours, too. */
export interface FlightStyle {
  readonly meaning: string
  readonly kinds: readonly LaneFlightKind[]
  readonly colour: LaneColour
  readonly dash: readonly number[]
  readonly head: HeadShape
  readonly width: number
}

const style = (
  meaning: string,
  kinds: readonly LaneFlightKind[],
  colour: LaneColour,
  dash: readonly number[],
  head: HeadShape,
  width = 1.4,
): FlightStyle => ({ meaning, kinds, colour, dash, head, width })

// What asks or tells is drawn through, what answers is dashed; a phase's messages have its colour.
export const FLIGHT_STYLES: readonly FlightStyle[] = [
  style('pre-accept', ['pre-accept'], 'pre-accepted', [], 'solid'),
  style('its answer', ['pre-accept-ok'], 'pre-accepted', [6, 4], 'open'),
  style('accept', ['accept'], 'accepted', [], 'box'),
  style('its answer', ['accept-ok'], 'accepted', [10, 3, 2, 3], 'open'),
  style('commit', ['commit'], 'committed', [], 'double'),
  style('recovery: what do you know, what speaks against it', ['recover', 'validate'], 'grave', [], 'diamond'),
  style(
    'its answers, and refusals',
    ['recover-ok', 'validate-ok', 'waiting', 'nack'],
    'grave',
    [8, 3, 2, 3, 2, 3],
    'open',
  ),
  style('what was committed?', ['fetch'], 'none', [2, 3], 'solid'),
  style('the epoch is over; that was dropped', ['sealed', 'gone'], 'none', [2, 3], 'open'),
  style('snapshot of the state', ['snapshot'], 'executed', [], 'box', 2.6),
  style('gossip: how far everybody is', ['frontier', 'follow'], 'edge', [1, 4], 'open', 1),
]

const BY_KIND: ReadonlyMap<LaneFlightKind, number> = new Map(
  FLIGHT_STYLES.flatMap(({ kinds }, i) => kinds.map((kind) => [kind, i] as const)),
)

/** Where in `FLIGHT_STYLES` the style of a kind is. */
export const styleIndexOf = (kind: LaneFlightKind): number => BY_KIND.get(kind) ?? 0

/** The colour that a message of this kind has in every drawing: the name of a custom property, without its dashes. */
export const colourOfFlight = (kind: LaneFlightKind): LaneColour =>
  (FLIGHT_STYLES[styleIndexOf(kind)] as FlightStyle).colour
