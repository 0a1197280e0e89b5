import { Violation } from './violation.js'

/** Replicas that have executed the same hold the same: the state, and the session table with it. */
export const checkEqualStates = (
  states: readonly (readonly [owner: string, chunks: readonly Uint8Array[]])[],
): void => {
  const [first, ...others] = states
  if (first === undefined) return
  const [owner, expected] = first
  for (const [other, chunks] of others) {
    // Equal states are cut into equal chunks.
    for (let i = 0; i < Math.max(chunks.length, expected.length); i++) {
      const a = expected[i] ?? new Uint8Array()
      const b = chunks[i] ?? new Uint8Array()
      const at = firstDifference(a, b)
      if (at === undefined) continue
      throw new Violation('equal states', `${owner} and ${other} differ: ${excerpt(a, at)} | ${excerpt(b, at)}`)
    }
  }
}

const firstDifference = (a: Uint8Array, b: Uint8Array): number | undefined => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i
  return undefined
}

const excerpt = (bytes: Uint8Array, at: number): string =>
  JSON.stringify(new TextDecoder().decode(bytes.subarray(Math.max(0, at - 60), at + 60)))
