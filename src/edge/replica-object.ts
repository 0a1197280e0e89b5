import { EdgeRelay, type EdgeRelayOptions, type ObjectSocket, type RelayObject } from '../relay/edge.js'
import type { AnyState } from '../state/index.js'
import { administer, isForReplica } from './administer.js'
import { EdgeReplica, type EdgeRoomOptions } from './edge-replica.js'
import type { ReplicaObjectState } from './platform.js'

export interface ReplicaObjectOptions<S extends AnyState> {
  readonly state: S
  readonly relay?: EdgeRelayOptions
  readonly room?: EdgeRoomOptions<S>
}

/**
 * A class of Durable Objects, each of which is the relay of one room and, once it was given an invite, a member of it:
 *
 *     export const Room = replicaObject({ state: seats })
 *     export default { fetch: serveRooms }
 *
 * @param options or what makes them of the Worker's environment
 */
export const replicaObject = <S extends AnyState, Environment = unknown>(
  options: ReplicaObjectOptions<S> | ((environment: Environment) => ReplicaObjectOptions<S>),
): (new (
  state: ReplicaObjectState,
  environment: Environment,
) => RelayObject) =>
  class implements RelayObject {
    readonly #relay: EdgeRelay
    readonly #replica: EdgeReplica<S>

    constructor(state: ReplicaObjectState, environment: Environment) {
      const { relay = {}, room = {}, ...rest } = typeof options === 'function' ? options(environment) : options
      this.#relay = new EdgeRelay(state, relay, () => this.#replica.stirred())
      this.#replica = new EdgeReplica(rest.state, room, state.storage, this.#relay)
      // Whoever comes meanwhile waits: a replica that was a voter is one from the first message on.
      void state.blockConcurrencyWhile(() => this.#replica.resume())
    }

    fetch(request: Request): Response | Promise<Response> {
      return isForReplica(request) ? administer(this.#replica, request) : this.#relay.fetch(request)
    }

    webSocketMessage(socket: ObjectSocket, message: ArrayBuffer | string): void {
      this.#relay.webSocketMessage(socket, message)
    }

    webSocketClose(socket: ObjectSocket): void {
      this.#relay.webSocketClose(socket)
    }

    webSocketError(socket: ObjectSocket): void {
      this.#relay.webSocketClose(socket)
    }

    alarm(): Promise<void> {
      return this.#relay.alarm()
    }
  }
