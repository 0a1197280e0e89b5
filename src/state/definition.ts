import type { AnyMutator, Mutators, Part, Writing } from './mutator.js'

/** Converts a state from the version before, the same way at every replica. */
export type Migration = (tx: Writing) => void

/** What a state was defined as. */
export interface Definition {
  /** By name; dotted where it is one of a part. */
  readonly mutators: ReadonlyMap<string, AnyMutator>
  /** By the version that they lead to. */
  readonly migrations: ReadonlyMap<number, Migration>
  /** Lowest and highest. */
  readonly versions: readonly [number, number]
}

/** What `defineState` is given, whatever its types. */
export interface Given {
  readonly version: number
  readonly mutators?: Mutators
  readonly parts?: { readonly [name: string]: Part }
  readonly migrations?: { readonly [version: number]: Migration }
}

/** A state has as many at most, those of its parts included. */
const MAX_MUTATORS = 4096
/** Of a mutator, and of a part. */
const MAX_NAME_LENGTH = 100

/** With a call of the first, an object would be a promise to `await`; the second would be its prototype, where it is assigned. */
const NO_NAMES: readonly string[] = ['then', '__proto__']

/** @throws TypeError where names, versions or mutators are not what they should be */
export const definitionOf = ({ version, mutators = {}, parts = {}, migrations = {} }: Given): Definition => {
  for (const name of [...Object.keys(mutators), ...Object.keys(parts)]) checkName(name)
  const both = Object.keys(parts).find((name) => Object.hasOwn(mutators, name))
  if (both !== undefined) throw new TypeError(`"${both}" names a mutator and a part: give one of them another name`)
  const all = new Map<string, AnyMutator>(Object.entries(mutators))
  for (const [part, { mutators }] of Object.entries(parts)) {
    for (const [name, mutator] of Object.entries(mutators)) {
      checkName(name)
      all.set(`${part}.${name}`, mutator)
    }
  }
  if (all.size > MAX_MUTATORS) throw new TypeError(`${all.size} mutators are over the limit of ${MAX_MUTATORS}`)
  const versions = versionsOf(version, migrations)
  for (const [name, mutator] of all) checkMutator(name, mutator, version)
  return {
    mutators: all,
    migrations: new Map(Object.entries(migrations).map(([to, migration]) => [Number(to), migration])),
    versions,
  }
}

const checkName = (name: string): void => {
  if (!/^\w+$/.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new TypeError(`"${name}" is no name: it takes up to ${MAX_NAME_LENGTH} letters, digits and _`)
  }
  if (NO_NAMES.includes(name)) throw new TypeError(`"${name}" means something else to JavaScript: take another name`)
}

const checkMutator = (name: string, { touches, run, since = 1 }: AnyMutator, version: number): void => {
  if (typeof touches !== 'function') {
    throw new TypeError(`the mutator "${name}" does not declare what it touches: give it touches: (args) => [write(…)]`)
  }
  if (typeof run !== 'function') throw new TypeError(`the mutator "${name}" has no run`)
  if (!isVersion(since) || since > version) {
    throw new TypeError(`the mutator "${name}" came with version ${since}: it is 1 to ${version}, that of the state`)
  }
}

/** From the version that the first migration starts from. */
const versionsOf = (
  version: number,
  migrations: { readonly [version: number]: Migration },
): readonly [number, number] => {
  if (!isVersion(version)) throw new TypeError(`a state's version is 1, 2, 3 …, not ${version}`)
  const led = Object.keys(migrations).map(Number)
  const lowest = version - led.length
  const complete = led.every((to) => isVersion(to) && to > lowest && to <= version)
  if (lowest < 1 || !complete) {
    throw new TypeError(`migrations lead to one version after the other, up to ${version}: not to ${led.join(', ')}`)
  }
  return [lowest, version]
}

const isVersion = (version: number): boolean => Number.isSafeInteger(version) && version >= 1
