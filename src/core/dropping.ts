import type { Epoch } from './epoch.js'
import type { Deps } from './record.js'

/** Of what an observer has executed, these of each row are kept: people look at them. */
const KEPT_PER_ROW = 64

/** A voter: takes its floors as far as they may go, and forgets what nobody needs (protocol §8). */
export const moveFloors = (epoch: Epoch, lastOwn: number): void => {
  const { floors, outbox } = epoch
  let moved = floors.adopt(lastOwn)
  if (moved) floors.marked(epoch.me, floors.mark)
  const allowed = floors.allowed()
  epoch.conflicts.drop(allowed)
  const compacts = isWorthwhile(epoch, allowed)
  if (compacts) {
    floors.drop = allowed
    moved = true
  }
  // The floor is in the batch that forgets what is below it, and in no later batch than what relies on it [H23].
  if (moved) floors.writtenIn = outbox.floor(floors.record(epoch.number))
  if (!compacts) return
  epoch.drop(allowed)
  outbox.compact(epoch.rows.all())
}

/** An observer: nobody asks it for anything. @param executed up to where everything of each row was executed here */
export const forget = (epoch: Epoch, executed: Deps): void => {
  const floor = executed.map((number) => Math.max(0, number - KEPT_PER_ROW))
  if (isWorthwhile(epoch, floor)) epoch.drop(floor)
}

/** What is kept is gone through, and written once more: no more than what goes, so that each instance pays for itself. */
const isWorthwhile = ({ rows, tuning }: Epoch, floor: Deps): boolean => {
  const dropped = floor.reduce((sum, number, slot) => sum + Math.max(0, number - (rows.dropped[slot] as number)), 0)
  return dropped >= tuning.dropInstances && 2 * dropped >= rows.size
}
