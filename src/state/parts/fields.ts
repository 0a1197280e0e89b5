import type { SchemaIssue, StandardSchema } from '../standard-schema.js'

/** What one field of the arguments has to be. */
export interface Kind {
  readonly is: (value: unknown) => boolean
  /** In words, to go on after "is not". */
  readonly words: string
}

export const text: Kind = { is: (value) => typeof value === 'string', words: 'a string' }
export const finite: Kind = { is: (value) => Number.isFinite(value), words: 'a finite number' }
export const whole: Kind = { is: (value) => Number.isSafeInteger(value), words: 'a whole number' }
/** That it is JSON was seen to before. */
export const something: Kind = { is: (value) => value !== undefined, words: 'there' }
export const optional = (kind: Kind): Kind => ({ ...kind, is: (value) => value === undefined || kind.is(value) })

/**
 * Arguments that are an object of these fields and no others: a Standard Schema for parts that come without a schema
 * library. No arguments at all are an empty object.
 */
export const fields = <T extends object, Input = T>(
  kinds: {
    readonly [K in keyof Required<T>]: Kind
  },
): StandardSchema<Input, T> => ({
  '~standard': {
    version: 1,
    vendor: 'epaxos',
    validate(value = {}) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return { issues: [{ message: 'is not an object' }] }
      }
      const issues = issuesOf(value, kinds)
      return issues.length > 0 ? { issues } : { value: value as T }
    },
  },
})

const issuesOf = (value: object, kinds: Readonly<Record<string, Kind>>): readonly SchemaIssue[] => [
  ...Object.keys(value).flatMap((name) => (Object.hasOwn(kinds, name) ? [] : issue(name, 'is not expected'))),
  ...Object.entries(kinds).flatMap(([name, { is, words }]) =>
    is(Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined)
      ? []
      : issue(name, `is not ${words}`),
  ),
]

const issue = (name: string, message: string): readonly SchemaIssue[] => [{ message, path: [name] }]
