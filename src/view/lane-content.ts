import type { CommitPath, InstanceId, Message, RecoveryRule } from '../core/index.js'

/** What the lanes are drawn from. Times are milliseconds since the run began. Lanes are in the order of replica numbers. */

export type LaneState = 'down' | 'hidden' | 'gone' | 'stopped'

/** One replica. */
export interface Lane {
  readonly name: string
  /** Below the name: where it is. */
  readonly aside: string
  /** How it is at the moment that is looked at. */
  readonly state: 'up' | LaneState
  /** When it was otherwise than up. A lane begins with its first span where that is `joining`. */
  readonly spans: readonly {
    readonly fromMs: number
    readonly untilMs: number | undefined
    readonly state: LaneState | 'joining'
  }[]
}

export type LaneFlightKind = Message['kind'] | 'snapshot'

/** A message on its way. */
export interface LaneFlight {
  readonly id: number
  readonly kind: LaneFlightKind
  readonly from: number
  readonly to: number
  readonly instance: InstanceId | undefined
  /** What it says, in a few words. */
  readonly says: string
  readonly sentMs: number
  /** When it arrives, or would have. May still change while its fate is `under-way`. */
  readonly endMs: number
  /** When it was lost, where that was before `endMs`. */
  readonly lostMs?: number | undefined
  readonly fate: 'under-way' | 'arrived' | 'lost' | 'missed'
  readonly repeat: boolean
  readonly background: boolean
}

/** What happens at one replica at one moment. */
export type LaneHappening = { readonly atMs: number; readonly replica: number } & (
  | { readonly kind: 'proposed'; readonly instance: InstanceId; readonly name: string }
  | {
      readonly kind: 'vote'
      readonly instance: InstanceId
      readonly from: number
      readonly round: 'pre-accept' | 'accept' | 'recover'
      readonly votes: number
      readonly needed: number
      readonly grown: boolean
    }
  | { readonly kind: 'committed'; readonly instance: InstanceId; readonly path: CommitPath }
  | { readonly kind: 'executed'; readonly instance: InstanceId; readonly position: number }
  | { readonly kind: 'recovery'; readonly instance: InstanceId; readonly rule: RecoveryRule }
  | { readonly kind: 'proposed-again'; readonly instance: InstanceId; readonly as: InstanceId }
  | { readonly kind: 'entered'; readonly epoch: number }
  | { readonly kind: 'crashed' | 'restarted' | 'wiped' | 'hidden' | 'shown' | 'joined' | 'installed' }
  | { readonly kind: 'stopped'; readonly reason: string }
)

/** While it lasts nothing passes between the sides; who is on none of them is alone. */
export interface LaneCut {
  readonly fromMs: number
  readonly untilMs: number | undefined
  readonly sides: readonly (readonly number[])[]
}

export interface LanesContent {
  readonly lanes: readonly Lane[]
  /** By `sentMs`; the same array for as long as it only grows. */
  readonly flights: readonly LaneFlight[]
  /** By `atMs`; the same array for as long as it only grows. */
  readonly happenings: readonly LaneHappening[]
  readonly cuts: readonly LaneCut[]
  /** The moment that is looked at: nothing later is drawn. */
  readonly positionMs: number
  /** How long a stretch of time fills the width. */
  readonly windowMs: number
  /** Whether gossip is drawn. */
  readonly background: boolean
}

export interface LanesOptions {
  /** The instance (`slot.number`) whose flight or mark is pointed at, or chosen by keyboard. */
  readonly onPoint?: (key: string | undefined) => void
  /** A flight was chosen by click, tap or Enter, there. */
  readonly onFlight?: (id: number, at: { readonly clientX: number; readonly clientY: number }) => void
  /** Dragged, wheeled or walked to another moment, which is never below zero. */
  readonly onSeek?: (ms: number) => void
  /** Why a recovery decided as it did, after a colon, for each rule; without it a rule goes by its name alone. */
  readonly rules?: Readonly<Record<RecoveryRule, string>>
  /** Whether what the signs mean can be read below. True unless it says otherwise. */
  readonly legend?: boolean
}

export interface Lanes {
  /** Draws what has changed. */
  update(content: LanesContent): void
  /** Makes what concerns this instance stand out. */
  light(key: string | undefined): void
  destroy(): void
}
