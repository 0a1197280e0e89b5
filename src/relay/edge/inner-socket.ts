import { CLOSE_CODES, type CloseReason } from '../../wire/index.js'
import type { RelaySocket } from '../guest.js'

/** What a link in the same object holds instead of a WebSocket: the same, as far as links need it. */
export interface InnerEnd {
  binaryType: string
  readonly bufferedAmount: number
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: (() => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  send(message: Uint8Array | string): void
  close(): void
}

export interface InnerPorts {
  opened(socket: RelaySocket): void
  received(socket: RelaySocket, message: Uint8Array | string): void
  disconnected(socket: RelaySocket): void
}

/** Both ends of a connection within an object. Neither is called within a call of the other's. */
export const innerConnection = (ports: InnerPorts): InnerEnd => {
  let open = true
  let waitingBytes = 0
  const inner: RelaySocket = {
    send: (message) => {
      waitingBytes += message.length
      // The others may be given the same bytes, and this one's receiver may keep them.
      const data = typeof message === 'string' ? message : message.slice().buffer
      queueMicrotask(() => {
        waitingBytes -= message.length
        if (open) end.onmessage?.({ data })
      })
    },
    close: (reason: CloseReason) => {
      queueMicrotask(() => {
        if (!open) return
        open = false
        end.onclose?.({ code: CLOSE_CODES[reason] })
      })
    },
    bufferedBytes: () => waitingBytes,
  }
  const end: InnerEnd = {
    binaryType: 'arraybuffer',
    bufferedAmount: 0,
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: (message) => queueMicrotask(() => open && ports.received(inner, message)),
    close: () => {
      if (!open) return
      open = false
      queueMicrotask(() => ports.disconnected(inner))
    },
  }
  queueMicrotask(() => {
    if (!open) return
    ports.opened(inner)
    end.onopen?.()
  })
  return end
}
