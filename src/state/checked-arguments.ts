import { frozenCopy, type Json, jsonFault } from './json.js'
import type { AnyMutator } from './mutator.js'
import type { SchemaIssue } from './standard-schema.js'
import { type ArgumentIssue, Asynchronous, InvalidArguments } from './state-errors.js'

/** Arguments as they travel. @throws InvalidArguments */
export const givenArguments = (name: string, args: unknown): Json | undefined => {
  if (args === undefined) return undefined
  try {
    return frozenCopy(args)
  } catch (error) {
    const fault = jsonFault(error)
    if (fault === undefined) throw error
    throw new InvalidArguments(name, [fault])
  }
}

/**
 * What a mutator is called with, of arguments as they travel.
 * @throws InvalidArguments, TypeError where the schema takes its time
 */
export const checkedArguments = (name: string, { args: schema }: AnyMutator, given: Json | undefined): unknown => {
  if (schema === undefined) return given
  const checked = schema['~standard'].validate(given)
  if (checked instanceof Promise) {
    checked.catch(() => {})
    throw new Asynchronous(`the schema of the mutator "${name}" is asynchronous: arguments are checked at once`)
  }
  if (checked.issues !== undefined) throw new InvalidArguments(name, checked.issues.map(argumentIssue))
  return checked.value
}

const argumentIssue = ({ message, path = [] }: SchemaIssue): ArgumentIssue => ({
  message,
  path: path.map((step) => (typeof step === 'object' ? step.key : step)),
})
