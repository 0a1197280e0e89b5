import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyState } from '../state/index.js'

const isState = (value: unknown): value is AnyState => {
  if (typeof value !== 'object' || value === null) return false
  const { versions, create, calls, describe } = value as Partial<Record<keyof AnyState, unknown>>
  return Array.isArray(versions) && [create, calls, describe].every((each) => typeof each === 'function')
}

/** The state definition of an application, from its module: the default export, or the one named `state`. */
export const importState = async (path: string): Promise<AnyState> => {
  let module: { readonly default?: unknown; readonly state?: unknown }
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(resolve(path)).href)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`--state ${path} can't be loaded: ${problem}`, { cause })
  }
  const state = [module.default, module.state].find(isState)
  if (state !== undefined) return state
  throw new Error(`--state ${path} exports no state definition, neither by default nor as state: see defineState`)
}
