import type { ReplicaId, Span } from '../../core/index.js'
import type { Answer, Draft } from '../../member/index.js'
import type { Json } from '../../state/index.js'
import {
  bytes,
  flag,
  fromBytes,
  id,
  integer,
  list,
  MAX_PACKET_ITEMS,
  optional,
  payload,
  record,
  spans,
  toBytes,
  variants,
  WireError,
} from '../../wire/index.js'
import type { Present, RoomStatus } from '../contract.js'
import { type Fault, fault } from './fault.js'
import { type Reply, type Request, reply, request } from './requests.js'
import { status } from './status-codec.js'
import { count, json, words } from './values.js'

/** Raised with every change of what tabs say to each other: those of one origin may run different versions of the program. */
export const TAB_PROTOCOL = 3

/** What happens to the member's state, and to drafts; numbered, and in order. */
export type TabEvent =
  | { readonly kind: 'applied'; readonly spans: readonly Span[]; readonly payload: Uint8Array }
  | { readonly kind: 'migrated'; readonly version: number }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'kept'; readonly id: string }
  | { readonly kind: 'committed'; readonly id: string }
  | { readonly kind: 'settled'; readonly id: string; readonly answer: Answer }

/** What the tabs that share a member say to the one that holds it. */
export type ToHost =
  /** Is anybody there? */
  | { readonly kind: 'hello' }
  /** This one needs the state, all of it, and then whatever happens. */
  | { readonly kind: 'follow'; readonly transfer: number }
  /** The next part of it. */
  | { readonly kind: 'more'; readonly transfer: number }
  | { readonly kind: 'propose'; readonly drafts: readonly Draft[] }
  /** @param value undefined: nothing any more */
  | { readonly kind: 'show'; readonly value: Json | undefined }
  | { readonly kind: 'ask'; readonly id: string; readonly request: Request }
  | { readonly kind: 'bye' }

/** What the one that holds it says to one of them, or to all. */
export type ToGuest =
  | { readonly kind: 'here'; readonly replica: ReplicaId; readonly invite: string }
  | StatePart
  | { readonly kind: 'events'; readonly first: number; readonly events: readonly TabEvent[] }
  | { readonly kind: 'refused'; readonly id: string; readonly fault: Fault }
  | { readonly kind: 'status'; readonly status: RoomStatus }
  | { readonly kind: 'presence'; readonly present: readonly Shown[] }
  | { readonly kind: 'answered'; readonly id: string; readonly reply: Reply }
  | { readonly kind: 'left'; readonly reason: string }

/** A part of a state. */
export interface StatePart {
  readonly kind: 'state'
  readonly transfer: number
  readonly version: number
  /** The number of the first event that is not in it. */
  readonly next: number
  readonly pieces: readonly Uint8Array[]
  readonly last: boolean
}

/** Which of them is oneself every tab knows. */
export type Shown = Omit<Present, 'self'>

/** To oneself. */
interface Echo {
  readonly kind: 'echo'
}

export type TabMessage = ToHost | ToGuest | Echo

/** A message on its way. */
export interface Envelope {
  /** The tab's name. */
  readonly from: string
  /** Undefined: to all. */
  readonly to: string | undefined
  readonly message: TabMessage
}

/** A row of the state, or many of them together: what one command has set, with some to spare. */
const MAX_PIECE_BYTES: number = 16 << 20

/** A largest command, or result, or piece fits beside what was gathered before it. */
const MAX_MESSAGE_BYTES: number = 4 * MAX_PIECE_BYTES

/** More than one turn brings; a state of small rows is told in as many at a time. */
export const MAX_GATHERED = 16_384

const transfer = integer(0, 2 ** 32 - 1)
const version = integer(1, 65_535)

const draft = record<Draft>({ id, spans, payload, lasting: flag })

const answer = variants<Answer>({
  done: [0, { result: optional(json) }],
  threw: [1, { message: words }],
  unknown: [2, { reason: words }],
  expired: [3, {}],
  acknowledged: [4, {}],
  early: [5, {}],
})

const event = variants<TabEvent>({
  applied: [0, { spans, payload }],
  migrated: [1, { version }],
  replaced: [2, {}],
  kept: [3, { id }],
  committed: [4, { id }],
  settled: [5, { id, answer }],
})

const message = variants<TabMessage>({
  hello: [0, {}],
  follow: [1, { transfer }],
  more: [2, { transfer }],
  propose: [3, { drafts: list(draft, 1, MAX_GATHERED) }],
  show: [4, { value: optional(json) }],
  ask: [5, { id, request }],
  bye: [6, {}],
  here: [7, { replica: id, invite: words }],
  state: [8, { transfer, version, next: count, pieces: list(bytes(MAX_PIECE_BYTES), 0, MAX_GATHERED), last: flag }],
  events: [9, { first: count, events: list(event, 1, MAX_GATHERED) }],
  refused: [10, { id, fault }],
  status: [11, { status }],
  presence: [12, { present: list(record<Shown>({ tab: id, member: id, value: json }), 0, MAX_GATHERED) }],
  answered: [13, { id, reply }],
  left: [14, { reason: words }],
  echo: [15, {}],
})

const envelope = record<Envelope>({ from: id, to: optional(id), message })

const limits = { bytes: MAX_MESSAGE_BYTES, items: MAX_PACKET_ITEMS }

/** What goes over the channel: the protocol's number, and the message. */
export const encodeTabMessage = (it: Envelope): readonly [number, Uint8Array] => [
  TAB_PROTOCOL,
  toBytes(envelope, it, limits),
]

/**
 * What came over the channel, checked field by field.
 * @throws WireError for what is no message; with the code `version` for one of another protocol
 */
export const decodeTabMessage = (heard: unknown): Envelope => {
  const [protocol, encoded] = Array.isArray(heard) && heard.length === 2 ? (heard as unknown[]) : []
  if (typeof protocol !== 'number' || !(encoded instanceof Uint8Array)) {
    throw new WireError('shape', 'this is no message of a tab')
  }
  if (protocol !== TAB_PROTOCOL) {
    throw new WireError('version', `a tab speaks protocol ${protocol}, and this one ${TAB_PROTOCOL}`, '', protocol)
  }
  return fromBytes(envelope, encoded, limits)
}
