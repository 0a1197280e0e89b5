/**
 * What the relay needs of a Durable Object's platform: its own types, so that nobody has to install the platform's. Where
 * they are installed, its objects fit.
 */

/** The end of a WebSocket that is in an object. */
export interface ObjectSocket {
  /** 1 while it is open. */
  readonly readyState: number
  /** For as long as the object is in memory. */
  accept(): void
  /** Throws where it is closed. */
  send(message: ArrayBufferView | string): void
  /** Throws where it is closed, or for a code that can't be sent. */
  close(code?: number, reason?: string): void
  /** Outlives the object's memory: 2048 bytes at most. */
  serializeAttachment(attachment: unknown): void
  deserializeAttachment(): unknown
}

/** An object's `ctx`. */
export interface ObjectState {
  readonly storage: ObjectAlarms
  /** From then on its messages, also after the object was out of memory, come to the methods of the object. */
  acceptWebSocket(socket: ObjectSocket): void
  getWebSockets(): ObjectSocket[]
  setWebSocketAutoResponse(pair: unknown): void
  getWebSocketAutoResponseTimestamp(socket: ObjectSocket): Date | null
}

export interface ObjectAlarms {
  /** Milliseconds since 1970. */
  setAlarm(atMs: number): Promise<void>
}

/** A binding of a Worker to the class of its objects. */
export interface ObjectNamespace {
  idFromName(name: string): unknown
  get(id: never): { fetch(request: Request): Promise<Response> }
}

interface PlatformGlobals {
  readonly WebSocketPair: new () => { readonly 0: unknown; readonly 1: ObjectSocket }
  readonly WebSocketRequestResponsePair: new (question: string, answer: string) => unknown
}

const platform = (): PlatformGlobals => globalThis as unknown as PlatformGlobals

export interface SocketPair {
  /** Goes with the response. */
  readonly client: unknown
  readonly server: ObjectSocket
}

export const socketPair = (): SocketPair => {
  const { WebSocketPair } = platform()
  const { 0: client, 1: server } = new WebSocketPair()
  return { client, server }
}

/** Has the platform answer one text message by another, without waking the object. */
export const answerAsleep = (state: ObjectState, question: string, answer: string): void => {
  const { WebSocketRequestResponsePair } = platform()
  state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(question, answer))
}

/** The answer to an upgrade, which takes the client's end along. */
export const switchingTo = (client: unknown): Response =>
  new Response(null, { status: 101, webSocket: client } as ResponseInit)
