import { EpaxosError } from '../core/index.js'
import type { StateMachine } from './machine.js'
import { messageOf } from './thrown.js'

/** A migration threw on the state as it is: the state stays as the version that it had. */
export class MigrationThrew extends EpaxosError {
  override readonly name = 'MigrationThrew'
  constructor(
    /** The version that it leads to. */
    readonly version: number,
    /** What it threw, in words. */
    readonly thrown: string,
  ) {
    super(`the migration to version ${version} threw: ${thrown}: mend it, for all that a state may hold`)
  }
}

/** What would stop this machine on its way from one version to a later one, as its state is now; it is tried on a fork. */
export const faultOfMigration = (machine: StateMachine, from: number, to: number): MigrationThrew | undefined => {
  const fork = machine.fork()
  // One by one: to name the one that throws.
  for (let version = from + 1; version <= to; version++) {
    try {
      fork.migrate?.(version)
    } catch (error) {
      return new MigrationThrew(version, messageOf(error))
    }
  }
  return undefined
}

/** Has a machine go on as a later version. @throws MigrationThrew; nothing has changed then */
export const migrateMachine = (machine: StateMachine, from: number, to: number): void => {
  try {
    machine.migrate?.(to)
  } catch (error) {
    throw faultOfMigration(machine, from, to) ?? new MigrationThrew(to, messageOf(error))
  }
}
