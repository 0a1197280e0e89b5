import type { CommitPath, TraceCell } from '../core/index.js'

/** What a cell is drawn as: one colour and one shape each. */
export type Look = (typeof LOOKS)[number]

export const LOOKS = ['none', 'pre-accepted', 'accepted', 'committed', 'executed', 'no-op', 'void'] as const

export const lookOf = ({ phase, value, void: isVoid, executed }: TraceCell): Look => {
  if (phase !== 'committed') return phase
  if (isVoid) return 'void'
  if (value?.kind === 'noop') return 'no-op'
  return executed ? 'executed' : 'committed'
}

/** How an instance was committed, where this replica has led that; others were only told. */
export type Led = Exclude<CommitPath, 'told'>

export const LEDS: readonly (Led | undefined)[] = [undefined, 'fast', 'slow', 'recovered']

export const ledOf = ({ path }: TraceCell): Led | undefined => (path === 'told' ? undefined : path)
