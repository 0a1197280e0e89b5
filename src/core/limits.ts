import { type Command, MAX_AFTER, type Span, type Value } from './command.js'
import { CommandTooLarge, InvalidCommand } from './errors.js'

/** Bounds of a command. Every replica has the same ones: what one proposes, all others accept. */

/** Long enough for a path of readable names, short enough for an index of a hundred thousand of them. */
export const MAX_KEY_CODE_UNITS = 1024

/** A command that needs more takes a range. */
export const MAX_SPANS_PER_COMMAND = 64

/** What may go into one instance: the work of one turn, not of a minute. */
export const MAX_COMMANDS_PER_BATCH = 1024

/** Conflicts that one ValidateOk may name: nine rows of instances in flight, many times over. */
export const MAX_CONFLICTS = 16_384

/** What a sweep may say about sessions, in bytes: tens of thousands of them. */
export const MAX_SWEEP_BYTES: number = 1 << 20

/** What a seal takes: nine names, and numbers. */
const MAX_SEAL_BYTES = 512

/** Instances that one Recover may name: each of them is answered with its command. */
export const MAX_RECOVER = 64

/** Instances that one Fetch may name. */
export const MAX_FETCH = 1024

/** The largest payload that any configuration may allow. */
export const MAX_PAYLOAD_BYTES: number = 8 << 20

/** About what a command takes on the wire and on disk, in bytes. */
export const commandBytes = ({ spans, payload, after }: Command): number => {
  // Session, sequence and framing; at most nine bytes per number; then per span its flags, and at most three per code unit.
  let bytes = 32 + payload.length + 9 * after.length
  for (const span of spans) {
    bytes += 8 + 3 * (span.kind === 'key' ? span.key.length : span.from.length + (span.to?.length ?? 0))
  }
  return bytes
}

/** About what a value takes on the wire and on disk, in bytes. */
export const valueBytes = (value: Value | undefined): number => {
  if (value === undefined || value.kind === 'noop') return 0
  if (value.kind === 'sweep') return value.payload.length
  if (value.kind === 'seal') return MAX_SEAL_BYTES
  let bytes = 0
  for (const command of value.commands) bytes += commandBytes(command)
  return bytes
}

/** @throws InvalidCommand, CommandTooLarge: what no peer would accept is not proposed. */
export const checkCommand = (command: Command, maxPayloadBytes: number): void => {
  const { spans, payload, session, sequence, acknowledged, after } = command
  if (!(payload instanceof Uint8Array)) throw new InvalidCommand('its payload is not a Uint8Array')
  if (payload.length > maxPayloadBytes) throw new CommandTooLarge(payload.length, maxPayloadBytes)
  if (!/^[0-9a-f]{32}$/.test(session)) throw new InvalidCommand(`its session "${session}" is not 32 hex digits`)
  if (!Number.isSafeInteger(sequence) || sequence < 1)
    throw new InvalidCommand(`its sequence ${sequence} is not 1, 2, 3 …`)
  if (!Number.isSafeInteger(acknowledged) || acknowledged < 0 || acknowledged >= sequence)
    throw new InvalidCommand(`acknowledged is from 0 to one less than its sequence ${sequence}, not ${acknowledged}`)
  checkAfter(after, sequence)
  if (spans.length > MAX_SPANS_PER_COMMAND) {
    throw new InvalidCommand(`it has ${spans.length} spans, and ${MAX_SPANS_PER_COMMAND} are allowed: use a range`)
  }
  for (const span of spans) checkSpan(span)
}

const checkAfter = (after: readonly number[], sequence: number): void => {
  if (!Array.isArray(after)) throw new InvalidCommand('it has no list of those that it comes after')
  if (after.length > MAX_AFTER) {
    throw new InvalidCommand(
      `it comes after ${after.length} others, and ${MAX_AFTER} are allowed: wait for some of them`,
    )
  }
  let last = 0
  for (const earlier of after) {
    if (!Number.isSafeInteger(earlier) || earlier <= last || earlier >= sequence) {
      throw new InvalidCommand(
        `those that it comes after ascend, from 1 to one less than its sequence ${sequence}: not ${after}`,
      )
    }
    last = earlier
  }
}

const checkSpan = (span: Span): void => {
  if (span.kind === 'key') return checkKey(span.key)
  checkKey(span.from)
  if (span.to === undefined) return
  checkKey(span.to)
  if (span.from >= span.to) throw new InvalidCommand(`the range from "${span.from}" to "${span.to}" is empty`)
}

const isWellFormed = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    // With the u flag a surrogate matches only where its other half is missing. Few texts hold any.
    if ((text.charCodeAt(i) & 0xf800) === 0xd800) return !/\p{Surrogate}/u.test(text)
  }
  return true
}

/** @throws InvalidCommand when the key is too long, or no text that can be encoded (half a surrogate pair). */
export const checkKey = (key: string): void => {
  if (typeof key !== 'string') throw new InvalidCommand(`a key is a string, not ${typeof key}`)
  if (key.length > MAX_KEY_CODE_UNITS) {
    throw new InvalidCommand(`a key of ${key.length} code units is over the limit of ${MAX_KEY_CODE_UNITS}`)
  }
  if (!isWellFormed(key)) throw new InvalidCommand('a key holds half of a surrogate pair')
}
