import { EdgeRelay, type EdgeRelayOptions } from './edge/edge-relay.js'
import type { ObjectSocket, ObjectState } from './edge/platform.js'

export type { Admission, Refusal, Verdict } from './authorize.js'
export type { RelayCounters } from './counters.js'
export { type EdgeJoinRequest, EdgeRelay, type EdgeRelayOptions } from './edge/edge-relay.js'
export type { InnerEnd } from './edge/inner-socket.js'
export type { ObjectAlarms, ObjectNamespace, ObjectSocket, ObjectState } from './edge/platform.js'
export { objectOf, toRoom } from './edge/to-room.js'
export type { RelayLimits } from './limits.js'

/** What the platform needs to find in the class of an object. */
export interface RelayObject {
  fetch(request: Request): Response | Promise<Response>
  webSocketMessage(socket: ObjectSocket, message: ArrayBuffer | string): void
  webSocketClose(socket: ObjectSocket): void
  webSocketError(socket: ObjectSocket): void
  alarm(): Promise<void>
}

/**
 * A class of Durable Objects, each of which is the relay of one room:
 *
 *     export const Room = relayObject()
 *     export default { fetch: (request, env) => toRoom(request, env.ROOMS) }
 *
 * @param options or what makes them of the Worker's environment
 */
export const relayObject = <Environment = unknown>(
  options: EdgeRelayOptions | ((environment: Environment) => EdgeRelayOptions) = {},
): (new (
  state: ObjectState,
  environment: Environment,
) => RelayObject) =>
  class implements RelayObject {
    readonly #relay: EdgeRelay

    constructor(state: ObjectState, environment: Environment) {
      this.#relay = new EdgeRelay(state, typeof options === 'function' ? options(environment) : options)
    }

    fetch(request: Request): Response {
      return this.#relay.fetch(request)
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
