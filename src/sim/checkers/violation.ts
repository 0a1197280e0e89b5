import { type Command, type Deps, EpaxosError, type InstanceId, type Value } from '../../core/index.js'

/** Something that must never happen has happened. The run's seed replays it. */
export class Violation extends EpaxosError {
  override readonly name = 'Violation'
  constructor(
    readonly checker: string,
    what: string,
  ) {
    super(`${checker}: ${what}`)
  }
}

export const show = ({ slot, number }: InstanceId): string => `${slot}.${number}`

export const nameOf = ({ session, sequence }: Command): string => `${session}/${sequence}`

/** What an instance holds, as far as one value can be told from another. */
export const contentOf = (value: Value | undefined, deps: Deps | undefined): string =>
  `${namesOf(value)} {${deps ?? '?'}}`

const namesOf = (value: Value | undefined): string => {
  if (value === undefined) return 'nothing'
  if (value.kind === 'commands') return value.commands.map(nameOf).join(' ')
  if (value.kind === 'sweep') return `sweep ${value.payload}`
  if (value.kind === 'noop') return 'no-op'
  const { number, voters, wireVersion, stateVersion } = value.next
  return `seal towards ${number}: ${voters}, ${wireVersion}, ${stateVersion}`
}
