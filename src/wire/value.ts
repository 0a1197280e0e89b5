import {
  type Command,
  type Deps,
  type InstanceId,
  MAX_AFTER,
  MAX_COMMANDS_PER_BATCH,
  MAX_KEY_CODE_UNITS,
  MAX_PAYLOAD_BYTES,
  MAX_SPANS_PER_COMMAND,
  MAX_SWEEP_BYTES,
  MAX_VOTERS,
  NOOP,
  type Proposed,
  type Span,
  type Value,
} from '../core/index.js'
import type { Place } from '../member/index.js'
import { type Codec, type Fields, list, optional, record, ruled, variants } from './codec.js'
import { configuration } from './configuration.js'
import { shown, WireError } from './error.js'
import { MAX_INCARNATION, MAX_NUMBER } from './limits.js'
import { bytes, flag, id, integer, text } from './scalar.js'

export const incarnation: Codec<number> = integer(1, MAX_INCARNATION)
export const slot: Codec<number> = integer(0, MAX_VOTERS - 1)
export const instanceNumber: Codec<number> = integer(1, MAX_NUMBER)
export const instance: Codec<InstanceId> = record<InstanceId>({ slot, number: instanceNumber })

/** One number per row, 0 where nothing of the row is covered. */
export const deps: Codec<Deps> = list(integer(0, MAX_NUMBER), 1, MAX_VOTERS)

/** Vectors of one epoch have one length; those that are not told have none. */
export const checkLengths = (one: Deps | undefined, other: Deps | undefined): void => {
  if (one !== undefined && other !== undefined && one.length !== other.length) {
    throw new WireError('rule', `a vector of ${one.length} rows stands beside one of ${other.length}`)
  }
}

const key = text(MAX_KEY_CODE_UNITS)

const span = ruled<Span>(
  variants<Span>({
    key: [0, { write: flag, key }],
    range: [1, { write: flag, from: key, to: optional(key) }],
  }),
  (value) => {
    if (value.kind === 'range' && value.to !== undefined && value.from >= value.to) {
      throw new WireError('rule', `the range from ${shown(value.from)} to ${shown(value.to)} holds no key`)
    }
  },
)

export const spans: Codec<readonly Span[]> = list(span, 0, MAX_SPANS_PER_COMMAND)
export const payload: Codec<Uint8Array> = bytes(MAX_PAYLOAD_BYTES)

const sequence = integer(1, Number.MAX_SAFE_INTEGER)

/** A command's place among those of its client, which it keeps wherever it is proposed. */
export const place: Fields<Place> = {
  session: id,
  sequence,
  acknowledged: integer(0, Number.MAX_SAFE_INTEGER),
  after: list(sequence, 0, MAX_AFTER),
}

/** Protocol §10: a command follows those that its client has answers of, and those that it comes after. */
export const checkPlace = ({ sequence, acknowledged, after }: Place): void => {
  if (acknowledged >= sequence) throw new WireError('rule', `command ${sequence} acknowledges ${acknowledged}`)
  for (const [i, earlier] of after.entries()) {
    if (earlier < (after[i + 1] ?? sequence)) continue
    throw new WireError('rule', `command ${sequence} comes after ${after}, which do not ascend below it`)
  }
}

export const command: Codec<Command> = ruled(record<Command>({ spans, payload, ...place }), checkPlace)

// At least one: an empty batch would be a second, different no-op [K19].
const commands = list(command, 1, MAX_COMMANDS_PER_BATCH)

const sweep = bytes(MAX_SWEEP_BYTES)

const encodeProposed = (value: Proposed): unknown => {
  switch (value.kind) {
    case 'commands':
      return commands.encode(value.commands)
    case 'sweep':
      return sweep.encode(value.payload)
    case 'seal':
      return configuration.encode(value.next)
  }
}

/** An array that begins with a number is no array of commands, which are arrays themselves. */
const isSeal = (raw: unknown): boolean => Array.isArray(raw) && typeof raw[0] === 'number'

/** A batch is written as the array of its commands, a sweep as its bytes, a seal as its configuration. */
export const proposed: Codec<Proposed> = {
  encode: encodeProposed,
  decode(raw) {
    if (raw instanceof Uint8Array) return { kind: 'sweep', payload: sweep.decode(raw) }
    if (isSeal(raw)) return { kind: 'seal', next: configuration.decode(raw) }
    return { kind: 'commands', commands: commands.decode(raw) }
  },
}

/** A no-op is written as 0. */
const NOOP_CODE = 0

export const value: Codec<Value> = {
  encode: (it) => (it.kind === 'noop' ? NOOP_CODE : proposed.encode(it)),
  decode: (raw) => (raw === NOOP_CODE ? NOOP : proposed.decode(raw)),
}
