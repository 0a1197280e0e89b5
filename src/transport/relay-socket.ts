/** What a link needs of a WebSocket: those of browsers, of Node, and of `ws` have it. */
export interface WebSocketLike {
  /** Set to `arraybuffer`. */
  binaryType: string
  /** Bytes that were given to `send` and not yet to the network. */
  readonly bufferedAmount: number
  /** It may be written to. */
  onopen: (() => void) | null
  /** `data` is an `ArrayBuffer`, or a string. */
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: (() => void) | null
  /** Once, whether it was ever open or not. `code` as of the WebSocket close frame. */
  onclose: ((event: { readonly code: number }) => void) | null
  send(message: Uint8Array<ArrayBuffer> | string): void
  /** May be called at any time, and again. */
  close(): void
}

export type OpenSocket = (url: string) => WebSocketLike

/** Browsers, workers and newer Nodes have it; `ws`, which speaks the same, stands in for it elsewhere. */
export const webSocketOpener = async (): Promise<OpenSocket> => {
  const Socket = globalThis.WebSocket ?? (await import('ws')).WebSocket
  // Its handlers are typed for events that have more to them than is needed here.
  return (url) => new Socket(url) as unknown as WebSocketLike
}
