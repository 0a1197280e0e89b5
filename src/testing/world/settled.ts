import type { Room } from '../../room/index.js'
import type { AnyState } from '../../state/index.js'

/** Why rooms have not come to rest: the first reason there is. Undefined: they have. */
export const unrest = (rooms: readonly Room<AnyState>[]): string | undefined => {
  for (const room of rooms) {
    const waiting = room.pending.get().length
    const { role, waiting: why } = room.status.get()
    if (role === 'joining') return `${nameOf(room)} has no state yet`
    if (waiting > 0) return `${waiting} of ${nameOf(room)} have no answer${why === undefined ? '' : `: ${why}`}`
  }
  return behind(rooms)
}

/** Members of one group have executed the same where they have come to rest. */
const behind = (rooms: readonly Room<AnyState>[]): string | undefined => {
  const first = new Map<string, Room<AnyState>>()
  for (const room of rooms) {
    const { group, epoch, executed } = room.status.get()
    const other = first.get(group)
    if (other === undefined) first.set(group, room)
    else if (`${epoch}:${executed}` !== `${other.status.get().epoch}:${other.status.get().executed}`) {
      return `${nameOf(room)} and ${nameOf(other)} have not executed the same`
    }
  }
  return undefined
}

const nameOf = ({ id }: Room<AnyState>): string => `member ${id.slice(0, 8)}`
