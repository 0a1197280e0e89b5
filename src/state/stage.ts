import { type Command, read, write } from '../core/index.js'
import { command, session, sweep, Table } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import type { Outcome } from './sessions.js'

/** Test equipment: replicas of a table, two sessions, and what their commands come to, in few words. */

export const replica = (sweepAfter: number = 1_000_000): { state: ExactlyOnce; table: Table } => {
  const table = new Table()
  return { state: new ExactlyOnce(table, { sweepAfter }), table }
}

export const execute = (state: ExactlyOnce, ...commands: Command[]): readonly Outcome[] =>
  state.execute({ kind: 'commands', commands }).map(({ outcome }) => outcome)

export const done = (result?: unknown): unknown => ({ kind: 'done', result })
export const added = (value: number): unknown => done({ ok: true, value })
export const expired: Outcome = { kind: 'expired' }
export const acknowledged: Outcome = { kind: 'acknowledged' }
export const early: Outcome = { kind: 'early' }

export const ada: string = session(0xada)
export const bob: string = session(0xb0b)
export const add = (key: string, sequence: number, by: string = ada, acknowledged: number = 0): Command =>
  command(by, sequence, [write(key)], ['add', key, 1], { acknowledged })
export const get = (key: string, sequence: number, by: string = ada, acknowledged: number = 0): Command =>
  command(by, sequence, [read(key)], ['get', key], { acknowledged })

/** The same command, but not before these of its session. */
export const following = (one: Command, ...after: number[]): Command => ({ ...one, after })

/** Sweeps that name nobody. */
export const sweepTimes = (state: ExactlyOnce, times: number): void => {
  for (let i = 0; i < times; i++) state.execute(sweep(state.sweeps))
}
