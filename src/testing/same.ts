/** Whether two values are the same: byte arrays, lists and plain objects by what they hold, where undefined is nothing. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && sameBytes(a, b)
  }
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b)
  const [x, y] = [defined(a), defined(b)]
  return x.size === y.size && [...x].every(([name, value]) => y.has(name) && isSame(value, y.get(name)))
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => isSame(item, b[i]))

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const defined = (object: object): Map<string, unknown> =>
  new Map(Object.entries(object).filter(([, value]) => value !== undefined))
