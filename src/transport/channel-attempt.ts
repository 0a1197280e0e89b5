import type { Connection } from './connection.js'

/** Counted in own ticks (1/s), so a tab that slept gets fresh intervals before it calls the other end silent. */
export const SILENT_TICKS = 5
/** From the answer to the open channel; a handshake through a far TURN server takes a few. And to what is needed for an offer. */
const OPENING_TICKS = 10
/** From the offer to the answer, which costs the other end no time. */
const ANSWER_TICKS = 4

/** To build a channel, and the channel that it becomes. */
export interface Attempt {
  /** Chosen by the end that makes the offer. */
  readonly session: number
  readonly connection: Connection
  /** Nothing more can be done here until the other end answers. */
  asking: boolean
  /** The other end has described its side. */
  answered: boolean
  open: boolean
  writable: boolean
  /** Whether the other end wants the channel, as far as it has said: whoever asks for one does. */
  wantedThere: boolean
  /** Since something was heard; before it is open, since it got as far as it is. */
  ticksSilent: number
  ticksOpen: number
  ticksUnwanted: number
}

export const NEW_ATTEMPT: Omit<Attempt, 'session' | 'connection' | 'wantedThere'> = {
  asking: false,
  answered: false,
  open: false,
  writable: false,
  ticksSilent: 0,
  ticksOpen: 0,
  ticksUnwanted: 0,
}

/** After how many silent ticks nothing will come of it. */
export const patienceWith = ({ open, asking, answered }: Attempt): number => {
  if (open) return SILENT_TICKS
  return asking && !answered ? ANSWER_TICKS : OPENING_TICKS
}

/**
 * Whether the other end, which asks for a channel, has nothing of this one: it asks only then, and what it says
 * arrives in order. In the first moments the offer and the request may have crossed.
 */
export const isStale = ({ open, asking, answered, ticksSilent }: Attempt): boolean =>
  open || (asking && !answered && ticksSilent > 0)
