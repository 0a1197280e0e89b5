import type { Json } from 'epaxos'

/** What is typed as a value: JSON where it is some, else the text itself. */
export const valueFrom = (text: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A value as it is typed: text stands for itself, unless it would be read as something else. */
export const textOf = (value: Json): string =>
  typeof value === 'string' && valueFrom(value) === value ? value : JSON.stringify(value)

/** Replicas and groups are told apart by the beginning of their ids. */
export const shortId = (id: string): string => id.slice(0, 4)

/** The reasons that the library gives are clauses. */
export const sentence = (reason: string): string =>
  reason === '' ? '' : `${reason[0]?.toUpperCase()}${reason.slice(1).replace(/\.$/, '')}.`

/** What went wrong, as it says itself. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** `1 voter`, `3 voters`. */
export const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`
