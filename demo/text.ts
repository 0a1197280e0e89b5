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
