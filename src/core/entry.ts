import type { Configuration } from './configuration.js'
import { Covered } from './covered.js'
import { noDeps } from './deps.js'
import type { Epoch } from './epoch.js'
import type { ExecutedSet } from './record.js'

/**
 * Why a replica may not go on from a state; undefined when it may. Never back; and a voter of an epoch begins at its
 * start, and has or fetches all the rest: what it has promised there, nobody else can know [H18].
 * @param applied what was executed in the present epoch
 * @param executed what of the epoch `next` is in the state; undefined: nothing
 */
export const entryFault = (
  epoch: Epoch,
  applied: Covered,
  next: Configuration,
  executed: ExecutedSet | undefined,
): string | undefined => {
  const { number, voters } = next
  if (number < epoch.number) return `it is of epoch ${number}, this replica is in ${epoch.number}`
  const { frontier, beyond } = executed ?? { frontier: noDeps(voters.length), beyond: [] }
  if (number > epoch.number) {
    const isStart = frontier.every((upTo) => upTo === 0) && beyond.every(({ length }) => length === 0)
    const legal = isStart || !voters.includes(epoch.id)
    return legal ? undefined : 'a voter begins an epoch at its start, and fetches the rest'
  }
  if (epoch.me >= 0) return 'a voter installs no snapshot inside its epoch'
  const missing = applied.firstNotIn(Covered.of({ frontier, beyond }))
  return missing && `it lacks ${missing.slot}.${missing.number}, which was executed here`
}
