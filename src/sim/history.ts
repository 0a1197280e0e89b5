import { EpaxosError } from '../core/index.js'
import type { Json } from '../state/index.js'

/** What one operation of a client does. Keys are ordered by UTF-16 code units; a range is half-open, `to` undefined: up to the last key. */
export type Operation =
  | { readonly op: 'get'; readonly key: string }
  | { readonly op: 'put'; readonly key: string; readonly value: Json }
  /** Undefined stands for "not there". */
  | { readonly op: 'cas'; readonly key: string; readonly expected: Json | undefined; readonly value: Json | undefined }
  | { readonly op: 'del'; readonly key: string }
  | { readonly op: 'scan'; readonly from: string; readonly to: string | undefined }
  /** Deletes every key in its range. */
  | { readonly op: 'clear'; readonly from: string; readonly to: string | undefined }

/** The value was as expected, and is replaced; or it was not, and is left. */
export type CasOutcome = { readonly ok: true } | { readonly ok: false; readonly actual: Json | undefined }

/**
 * What the client was answered: get: the value, or undefined; put: undefined; cas: a `CasOutcome`; del:
 * whether it was there; scan: the `[key, value]` pairs in key order; clear: the keys it deleted, in key order.
 */
export type Outcome = Json | undefined | CasOutcome

/** One command of one client: its operations are executed one after the other, as one. */
export interface Call {
  /** 0, 1, 2 … It has one call at a time, and none after one without outcomes. */
  readonly client: number
  readonly operations: readonly Operation[]
  /** One per operation; undefined where the client never heard back: it may take effect at any time after the call, or never. */
  readonly outcomes: readonly Outcome[] | undefined
  /** Virtual nanoseconds, integers. `returned` is meaningless where there are no outcomes. */
  readonly called: number
  readonly returned: number
}

/** Every key that a history names in a get, put, cas or del, in order. A range can't hold any other. */
export const keysOf = (calls: readonly Call[]): readonly string[] => {
  const keys = new Set<string>()
  for (const { operations } of calls) {
    for (const operation of operations) if ('key' in operation) keys.add(operation.key)
  }
  return [...keys].sort()
}

/** Those of the keys that an operation touches, in order. */
export const keysTouched = (operation: Operation, keys: readonly string[]): readonly string[] => {
  if ('key' in operation) return [operation.key]
  const { from, to } = operation
  return keys.filter((key) => from <= key && (to === undefined || key < to))
}

/** The history can't be judged, or not be told in lines: the recording is wrong, not what was recorded. */
export class InvalidHistory extends EpaxosError {
  override readonly name = 'InvalidHistory'
}

/**
 * The history for a checker that is not ours: JSON lines, each an operation on one key that took effect at some point
 * within [call, return]. `{client, op: "get"|"put"|"cas"|"del", key, value, expected, out, call, return}`; times are
 * integer nanoseconds; null stands for "not there" and for what an operation doesn't have. `out`: a get's value,
 * a put's null, whether a cas swapped, whether a del deleted; "unknown" where the client never
 * heard back: the line may have taken effect at any time after its call, or never; its return is after all else.
 *
 * A command becomes a line per operation, a scan one get per key of the history in its range, a clear one del. All
 * lines of a command have its call and return, and each a client of its own, so that no client has two at a time. Each
 * did happen at the command's point, so that a correct history stays correct; that they happened together, and in the
 * order of the command, is lost. Our own checker sees whole commands, and convicts what such lines can't show.
 *
 * Throws `InvalidHistory` where a value is null itself: a line could not tell it from "not there".
 */
export const historyLines = (calls: readonly Call[]): string => {
  const keys = keysOf(calls)
  const clients = 1 + calls.reduce((most, { client }) => Math.max(most, client), 0)
  const over = 1 + calls.reduce((last, { called, returned }) => Math.max(last, called, returned), 0)
  const lines: string[] = []
  for (const call of calls) {
    const returned = call.outcomes === undefined ? over : call.returned
    call.operations
      .flatMap((_, at) => linesOf(call, at, keys))
      .forEach((line, i) => {
        lines.push(
          `${JSON.stringify({ client: call.client + i * clients, ...line, call: call.called, return: returned })}\n`,
        )
      })
  }
  return lines.join('')
}

interface Line {
  readonly op: 'get' | 'put' | 'cas' | 'del'
  readonly key: string
  readonly value: Json
  readonly expected: Json
  readonly out: Json
}

const linesOf = ({ operations, outcomes }: Call, at: number, keys: readonly string[]): readonly Line[] => {
  const operation = operations[at] as Operation
  const outcome = outcomes?.[at]
  const line = (op: Line['op'], key: string, out: Json | undefined, value?: Json, expected?: Json): Line => {
    if (value === null || expected === null || out === null) {
      throw new InvalidHistory(`the value null of key ${JSON.stringify(key)} would read as "not there"`)
    }
    const told = outcomes === undefined ? 'unknown' : (out ?? null)
    return { op, key, value: value ?? null, expected: expected ?? null, out: told }
  }
  switch (operation.op) {
    case 'get':
      return [line('get', operation.key, outcome as Json | undefined)]
    case 'put':
      return [line('put', operation.key, undefined, operation.value)]
    case 'cas': {
      const out = (outcome as CasOutcome | undefined)?.ok
      return [line('cas', operation.key, out, operation.value, operation.expected)]
    }
    case 'del':
      return [line('del', operation.key, outcome as boolean | undefined)]
    case 'scan': {
      const found = new Map(outcome as [string, Json][] | undefined)
      return keysTouched(operation, keys).map((key) => line('get', key, found.get(key)))
    }
    case 'clear': {
      const deleted = new Set(outcome as string[] | undefined)
      return keysTouched(operation, keys).map((key) => line('del', key, deleted.has(key)))
    }
  }
}

/** A call in one line, for people. */
export const described = ({ client, operations, outcomes, called, returned }: Call): string => {
  const time = outcomes === undefined ? `[${called}, unknown]` : `[${called}, ${returned}]`
  const told = operations.map((operation, at) => {
    const outcome = outcomes === undefined ? '' : ` → ${JSON.stringify(outcomes[at])}`
    return `${operationText(operation)}${outcome}`
  })
  return `client ${client} ${time}: ${told.join('; ')}`
}

const operationText = (operation: Operation): string => {
  const text = (value: unknown): string => String(JSON.stringify(value))
  switch (operation.op) {
    case 'get':
    case 'del':
      return `${operation.op} ${text(operation.key)}`
    case 'put':
      return `put ${text(operation.key)} ${text(operation.value)}`
    case 'cas':
      return `cas ${text(operation.key)} ${text(operation.expected)} to ${text(operation.value)}`
    case 'scan':
    case 'clear':
      return `${operation.op} ${text(operation.from)} to ${text(operation.to)}`
  }
}
