import type { AnyState } from '../state/index.js'
import type { RoomOptions } from './contract.js'
import type { Environment } from './environment.js'
import type { Host } from './host.js'
import { LiveRoom } from './room.js'

/** The room that stands on this tab's own replica. */
export const roomOn = <S extends AnyState>(
  options: RoomOptions<S>,
  environment: Environment,
  host: Host<S>,
): LiveRoom<S> => {
  const room = new LiveRoom(options, environment, host)
  host.listen(room.ports)
  return room
}
