import { EpaxosError } from '../core/index.js'
import { isSame } from './same.js'
import { shown } from './shown.js'

/** An adapter does otherwise than its contract says. The message tells what it should have done, and what it did. */
export class ContractBroken extends EpaxosError {
  override readonly name = 'ContractBroken'
}

/** @param what should hold, as a sentence */
export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new ContractBroken(`${what}: it is not so`)
}

/** @param what should be the expected, as a sentence */
export const mustBe = (actual: unknown, expected: unknown, what: string): void => {
  if (isSame(actual, expected)) return
  throw new ContractBroken(`${what}: expected ${shown(expected)}, found ${shown(actual)}`)
}

/** @param what should reject with an error of that name, and code */
export const mustReject = async (
  promise: Promise<unknown>,
  error: { readonly name: string; readonly code: string },
  what: string,
): Promise<void> => {
  const outcome = await promise.then(
    () => 'it resolved',
    (reason: unknown) => nameOf(reason),
  )
  mustBe(outcome, nameOf(error), what)
}

const nameOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error)
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown }
  return `${String(name)} (${String(code)})`
}
