/** What this library uses of simple-peer 9.11: a duplex stream over one data channel. */
declare module 'simple-peer/simplepeer.min.js' {
  interface PeerOptions {
    readonly initiator: boolean
    readonly config: RTCConfiguration
    /** Default: that of the browser. */
    readonly wrtc?: object
    /** After which milliseconds it stops waiting for candidates where it sends none singly. Not 0. */
    readonly iceCompleteTimeout: number
    /** Keeps the boundaries of messages. */
    readonly objectMode: true
    /** In messages. */
    readonly writableHighWaterMark: number
  }

  export default class SimplePeer {
    constructor(options: PeerOptions)
    on(event: 'signal', listener: (signal: unknown) => void): this
    on(event: 'data', listener: (data: unknown) => void): this
    on(event: 'connect' | 'drain' | 'close', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
    /** Throws once destroyed. */
    signal(signal: object): void
    /** False: wait for 'drain'. */
    write(message: Uint8Array): boolean
    /** Throws once destroyed. */
    getStats(done: (error: Error | null, reports?: readonly Record<string, unknown>[]) => void): void
    /** Its last events come later. */
    destroy(): void
  }
}
