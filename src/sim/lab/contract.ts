import type { InstanceId, Message, RecoveryRule, Span, TraceCell } from '../../core/index.js'
import type { AwsRegion } from '../aws.js'

/** What a run of the Lab is made of, and what it leaves behind for drawings and charts to read. */

/** Times are virtual milliseconds since the run began, with at most three decimals in scripts. */

export interface LabSetup {
  /** Names the run together with its steps. An integer from 0 to 2³² − 1. */
  readonly seed: number
  /** The first voters, 1 … 9; members are named R0, R1 …, and so are those that join later. */
  readonly voters: number
  /** How far apart they are: the same everywhere, one way; or each in a city (one per voter), by measured round trips. */
  readonly net:
    | { readonly kind: 'even'; readonly delayMs: number }
    | { readonly kind: 'map'; readonly cities: readonly AwsRegion[] }
  /** A message takes up to this share of its way longer, 0 … 1. */
  readonly jitter: number
  /** What it takes to make a batch durable. */
  readonly writeMs: number
  readonly thrifty: boolean
}

/** One message on its way: the oldest that fits. */
export interface MailName {
  readonly kind: Message['kind'] | 'snapshot'
  /** The instance that it is about, or that its stretch begins with. */
  readonly of?: InstanceId
  readonly from: number
  readonly to: number
}

/** What a visitor does. Replicas are given by their number. */
export type LabAction =
  /** The name, up to seven letters or digits, is for the eye. */
  | { readonly kind: 'propose'; readonly replica: number; readonly name: string; readonly spans: readonly Span[] }
  /** Writes, one every `everyMs`, at these replicas in turn; a share `interference` of them to one hot key, the others each to its own. */
  | {
      readonly kind: 'burst'
      readonly replicas: readonly number[]
      readonly count: number
      readonly everyMs: number
      readonly interference: number
    }
  /** Crash: the power goes. Wipe: with the disk; it never comes back. Hide: a tab in the background, whose timers run once a second. */
  | { readonly kind: 'crash' | 'restart' | 'wipe' | 'hide' | 'show'; readonly replica: number }
  /** Nothing passes between the sides. Who is on none of them is cut off alone. */
  | { readonly kind: 'cut'; readonly sides: readonly (readonly number[])[] }
  | { readonly kind: 'heal' }
  | { readonly kind: 'move'; readonly replica: number; readonly city: AwsRegion }
  /** A newcomer, which gets a snapshot from the nearest member and follows as an observer. `replica` is the next number. */
  | { readonly kind: 'join'; readonly replica: number; readonly city: AwsRegion | undefined }
  /** `replica` proposes to end the epoch; these vote in the next. */
  | { readonly kind: 'seal'; readonly replica: number; readonly voters: readonly number[] }
  /** Drop: it is lost. Deliver: it arrives now. */
  | { readonly kind: 'drop' | 'deliver'; readonly mail: MailName }
  /** Delay: it arrives so much later. Repeat: a copy of it arrives so long after it. */
  | { readonly kind: 'delay' | 'repeat'; readonly mail: MailName; readonly byMs: number }

export interface LabStep {
  readonly atMs: number
  readonly action: LabAction
}

export interface LabScript {
  readonly setup: LabSetup
  /** In the order of their times. */
  readonly steps: readonly LabStep[]
}

/** A message, from when it is sent. Changed in place until its fate is known. */
export interface Flight {
  /** Where it is in `Chronicle.flights`. */
  readonly id: number
  readonly kind: MailName['kind']
  readonly from: number
  readonly to: number
  readonly epoch: number
  readonly instance: InstanceId | undefined
  /** What it says, in a few words: `a {1,0,0}`, `b1.2`. */
  readonly says: string
  readonly sentMs: number
  /** When it arrives, or would have: at a cut, a loss, or a receiver that is down that is where its arrow ends. */
  readonly endMs: number
  /** `under-way` until `endMs`; `lost`: on the way, by a cut or by hand; `missed`: its receiver was down. */
  readonly fate: 'under-way' | 'arrived' | 'lost' | 'missed'
  /** When it was lost, where that was before it would have arrived. */
  readonly lostMs: number | undefined
  /** Its copies are flights of their own. */
  readonly repeat: boolean
  /** Gossip and the like, which say nothing of an instance. */
  readonly background: boolean
}

/** What happens at one replica at one moment. Ordered by time in `Chronicle.happenings`. */
export type Happening = { readonly atMs: number; readonly replica: number } & (
  | { readonly kind: 'proposed'; readonly epoch: number; readonly instance: InstanceId; readonly name: string }
  /** A vote for what this replica leads has come: so many are there, itself included, of those that its path needs. */
  | {
      readonly kind: 'vote'
      readonly epoch: number
      readonly instance: InstanceId
      readonly from: number
      readonly round: 'pre-accept' | 'accept' | 'recover'
      readonly votes: number
      readonly needed: number
      /** Of a pre-accept: whether it named more dependencies than were proposed. */
      readonly grown: boolean
    }
  | {
      readonly kind: 'committed'
      readonly epoch: number
      readonly instance: InstanceId
      readonly path: 'fast' | 'slow' | 'recovered' | 'told'
    }
  | { readonly kind: 'executed'; readonly epoch: number; readonly instance: InstanceId; readonly position: number }
  | { readonly kind: 'recovery'; readonly epoch: number; readonly instance: InstanceId; readonly rule: RecoveryRule }
  | { readonly kind: 'proposed-again'; readonly epoch: number; readonly instance: InstanceId; readonly as: InstanceId }
  | { readonly kind: 'entered'; readonly epoch: number }
  | { readonly kind: 'crashed' | 'restarted' | 'wiped' | 'hidden' | 'shown' | 'joined' | 'installed' }
  /** Its own rules have stopped it; in words. */
  | { readonly kind: 'stopped'; readonly reason: string }
)

/** What became of one proposed command. Changed in place as the run goes on. */
export interface Deed {
  readonly name: string
  /** Where it was proposed. */
  readonly replica: number
  readonly spans: readonly Span[]
  readonly proposedMs: number
  readonly epoch: number
  /** Undefined while it waits for an own one before it, or where it was refused. */
  readonly instance: InstanceId | undefined
  /** Where it was proposed: when that was known there. */
  readonly committedMs: number | undefined
  readonly executedMs: number | undefined
  readonly path: 'fast' | 'slow' | 'recovered' | 'told' | undefined
  /** Why it was never proposed: in words. */
  readonly refused: string | undefined
}

/** Some rule did not hold: found by the checkers, which know nothing of what the visitor intends. */
export interface Finding {
  readonly check: 'agreement' | 'visibility' | 'order' | 'linearizable'
  readonly atMs: number
  readonly says: string
}

/** How a member is at a moment. */
export interface MemberView {
  readonly replica: number
  readonly state: 'up' | 'down' | 'hidden' | 'gone' | 'stopped'
  readonly role: 'voter' | 'observer' | 'joining'
  readonly epoch: number
  readonly city: AwsRegion | undefined
  readonly executed: number
}

export interface EpochView {
  readonly number: number
  /** When somebody entered it first. */
  readonly fromMs: number
  /** Replicas by slot. */
  readonly voters: readonly number[]
}

/**
 * All that has happened in a run so far, for every moment of it: to look back costs no simulation. Nothing that it hands
 * out may be changed; lists grow at their ends.
 */
export interface Chronicle {
  /** In the order in which they were sent. */
  readonly flights: readonly Flight[]
  readonly happenings: readonly Happening[]
  readonly deeds: readonly Deed[]
  readonly epochs: readonly EpochView[]
  readonly cuts: readonly {
    readonly fromMs: number
    readonly untilMs: number | undefined
    readonly sides: readonly (readonly number[])[]
  }[]
  /** Every member that there was by then. */
  members(atMs: number): readonly MemberView[]
  /** One row per slot of an epoch, the newest `columns` of each, as a replica knew them then; 'all': the most that any did. */
  rows(of: number | 'all', epoch: number, atMs: number, columns: number): readonly (readonly TraceCell[])[]
  cell(of: number | 'all', epoch: number, instance: InstanceId, atMs: number): TraceCell | undefined
  /** Committed somewhere and not executed here, over all voters that are up: the most that any lags. */
  lag(atMs: number): number
}
