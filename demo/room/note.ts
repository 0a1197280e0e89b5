import type { Json, ReplicatedMap, Room } from 'epaxos'
import { COLOURS } from './person.js'

/** A sticky note: one key of the map each. */
export interface Note {
  readonly text: string
  /** Where it is, in hundredths of the way that it can go across and down. */
  readonly x: number
  readonly y: number
  readonly colour: number
}

const PREFIX = 'note/'
/** '0' comes right after '/'. */
export const NOTES: { readonly from: string; readonly to: string } = { from: PREFIX, to: 'note0' }

export const MAX_TEXT_LENGTH = 200
const MAX_KEY_LENGTH = 64

export const newNoteKey = (): string => `${PREFIX}${crypto.randomUUID().slice(0, 8)}`

/** What is under a key that notes have; undefined where it is none that can be drawn. */
export const noteOf = (key: string, value: Json | undefined): Note | undefined => {
  if (!key.startsWith(PREFIX) || key.length > MAX_KEY_LENGTH) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { text, x, y, colour } = value as Readonly<Record<string, Json | undefined>>
  if (typeof text !== 'string' || text.length > MAX_TEXT_LENGTH) return undefined
  if (!isHundredth(x) || !isHundredth(y) || typeof colour !== 'number' || !Number.isInteger(colour)) return undefined
  return colour < 0 || colour >= COLOURS ? undefined : { text, x, y, colour }
}

const isHundredth = (value: Json | undefined): value is number =>
  typeof value === 'number' && value >= 0 && value <= 100

/** Others change it at the same time, but not so often that this many tries are all in vain. */
const MAX_TRIES = 20

/** Changes a part of a note, and keeps what others have changed of it meanwhile. False: it isn't there any more. */
export const changeNote = async (
  { state, mutate }: Pick<Room<ReplicatedMap>, 'state' | 'mutate'>,
  key: string,
  part: Partial<Note>,
): Promise<boolean> => {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const expected = state.get().get(key)
    const note = noteOf(key, expected)
    if (note === undefined) return false
    const { ok } = await mutate.compareAndSet({ key, expected, wanted: { ...note, ...part } })
    if (ok) return true
  }
  return false
}
