import { EdgeRelay, type EdgeRelayOptions, type ObjectSocket, type RelayObject } from '../relay/edge.js'
import type { AnyState } from '../state/index.js'
import { addresseeOf } from './addressee.js'
import { administer } from './administer.js'
import { type Application, answer } from './application.js'
import { EdgeReplica, type EdgeRoomOptions } from './edge-replica.js'
import type { ReplicaObjectState } from './platform.js'

export interface ReplicaObjectOptions<S extends AnyState, Environment = unknown> {
  readonly state: S
  /** Answers the requests for `/app`, and below it, while the replica is there. Default: a 404. */
  readonly fetch?: Application<S, Environment>
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
  options: ReplicaObjectOptions<S, Environment> | ((environment: Environment) => ReplicaObjectOptions<S, Environment>),
): (new (
  state: ReplicaObjectState,
  environment: Environment,
) => RelayObject) =>
  class implements RelayObject {
    readonly #relay: EdgeRelay
    readonly #replica: EdgeReplica<S>
    readonly #answer: (request: Request) => Promise<Response>

    constructor(state: ReplicaObjectState, environment: Environment) {
      const given = typeof options === 'function' ? options(environment) : options
      const { fetch: application, relay = {}, room = {} } = given
      this.#relay = new EdgeRelay(state, relay, () => this.#replica.stirred())
      const replica = new EdgeReplica(given.state, room, state.storage, this.#relay)
      this.#replica = replica
      // What is said to the console is in the platform's log.
      const logger = room.logger ?? console
      this.#answer = (request) => answer(request, { application, environment, replica, logger })
      // Whoever comes meanwhile waits: a replica that was a voter is one from the first message on.
      void state.blockConcurrencyWhile(() => this.#replica.resume())
    }

    fetch(request: Request): Response | Promise<Response> {
      switch (addresseeOf(request)) {
        case 'operator':
          return administer(this.#replica, request)
        case 'application':
          return this.#answer(request)
        case 'relay':
          return this.#relay.fetch(request)
      }
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
