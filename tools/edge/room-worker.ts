import { type RoomBindings, replicaObject, serveRooms } from 'epaxos/edge'
import { replicatedMap } from 'epaxos/state'

/** Test equipment: rooms at the edge, as somebody would write them whose state is a plain map. */

export const Room = replicaObject({ state: replicatedMap() })

export default {
  fetch: (request: Request, bindings: RoomBindings): Promise<Response> => serveRooms(request, bindings),
}
