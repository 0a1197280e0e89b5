import { MAX_AFTER } from '../core/index.js'
import type { Place } from '../member/index.js'
import { type Fields, list, within } from './codec.js'
import { WireError } from './error.js'
import type { Reader } from './reader.js'
import { id, integer, whole } from './scalar.js'
import { unzigzag, zigzag } from './told.js'
import type { Writer } from './writer.js'

const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER
const sequenceAlone = integer(1, MAX_SEQUENCE)

/** A command's place among those of its client, which it keeps wherever it is proposed, told by itself. */
export const place: Fields<Place> = {
  session: id,
  sequence: sequenceAlone,
  acknowledged: integer(0, MAX_SEQUENCE),
  after: list(sequenceAlone, 0, MAX_AFTER),
}

/** Protocol §10: a command follows those that its client has answers of, and those that it comes after. */
export const checkPlace = ({ sequence, acknowledged, after }: Place): void => {
  if (acknowledged >= sequence) throw new WireError('rule', `command ${sequence} acknowledges ${acknowledged}`)
  for (let i = 0; i < after.length; i++) {
    if ((after[i] as number) < (after[i + 1] ?? sequence)) continue
    throw new WireError('rule', `command ${sequence} comes after ${after}, which do not ascend below it`)
  }
}

/** What is further than that from the session's one before is told as a whole, with its session. */
const MAX_STEP: number = 2 ** 30

/** Of a session that was told before: which of them, and by how much the sequence is another. */
const writeSequence = (to: Writer, { session, sequence }: Place): void => {
  const index = to.indexOf(session)
  if (index !== undefined) {
    const { sequences } = to.told
    const step = sequence - (sequences[index] as number)
    if (Math.abs(step) < MAX_STEP) {
      to.integer(index)
      to.integer(zigzag(step))
      sequences[index] = sequence
      return
    }
  }
  to.id(session)
  to.integer(sequence)
  to.toldSession(session, sequence)
}

const readSequence = (from: Reader): { readonly session: string; readonly sequence: number } => {
  const { sessions, sequences } = from.told
  if (!from.isInteger) {
    const session = from.id()
    const sequence = whole(from.integer(), 1, MAX_SEQUENCE)
    sessions.push(session)
    sequences.push(sequence)
    return { session, sequence }
  }
  const index = from.integer()
  const session = sessions[index]
  if (session === undefined) throw new WireError('shape', `there is no session ${index} among ${sessions.length}`)
  const sequence = whole((sequences[index] as number) + unzigzag(from.integer()), 1, MAX_SEQUENCE)
  sequences[index] = sequence
  return { session, sequence }
}

/** Most commands come after nothing. */
const NOTHING: readonly number[] = []

/** Items of a place: session, sequence, those that were acknowledged, those that it comes after. */
export const PLACE_ITEMS = 4

/** As the last items of an array: each number as how far it is before the command itself. */
export const writePlace = (to: Writer, it: Place): void => {
  checkPlace(it)
  const { acknowledged, after } = it
  let field = 'sequence'
  try {
    const sequence = whole(it.sequence, 1, MAX_SEQUENCE)
    field = 'session'
    writeSequence(to, it)
    field = 'acknowledged'
    to.integer(sequence - 1 - whole(acknowledged, 0, MAX_SEQUENCE))
    field = 'after'
    to.array(whole(after.length, 0, MAX_AFTER))
    for (const earlier of after) to.integer(sequence - whole(earlier, 1, MAX_SEQUENCE))
  } catch (error) {
    throw within(error, field)
  }
}

/** What `writePlace` wrote. */
export const readPlace = (from: Reader): Place => {
  let place: Place
  let field = 'session'
  try {
    const { session, sequence } = readSequence(from)
    field = 'acknowledged'
    const acknowledged = sequence - 1 - whole(from.integer(), 0, sequence - 1)
    field = 'after'
    const count = whole(from.array(), 0, MAX_AFTER)
    if (count === 0) return { session, sequence, acknowledged, after: NOTHING }
    const after: number[] = []
    while (after.length < count) after.push(sequence - whole(from.integer(), 1, sequence - 1))
    place = { session, sequence, acknowledged, after }
  } catch (error) {
    throw within(error, field)
  }
  checkPlace(place)
  return place
}
