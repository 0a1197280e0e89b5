import type { Deps, InstanceId } from './record.js'

/** Dependency vectors are prefixes of rows: union is an element-wise maximum, equality is vector equality. */

export const noDeps = (n: number): Deps => new Array<number>(n).fill(0)

export const sameDeps = (a: Deps, b: Deps): boolean => {
  if (a === b) return true
  for (let r = 0; r < a.length; r++) if (a[r] !== b[r]) return false
  return a.length === b.length
}

/** Whether `deps` is the union of both: the other adds nothing. */
const includes = (deps: Deps, other: Deps): boolean => {
  for (let r = 0; r < deps.length; r++) if ((other[r] ?? 0) > (deps[r] as number)) return false
  return true
}

/** The union of two vectors of the same length: `a` itself where `b` adds nothing, as most often. Vectors are never changed. */
export const union = (a: Deps, b: Deps): Deps =>
  includes(a, b) ? a : a.map((number, r) => Math.max(number, b[r] ?? 0))

/** Whether `deps` covers the instance. */
export const covers = (deps: Deps, id: InstanceId): boolean => id.number <= (deps[id.slot] ?? 0)
