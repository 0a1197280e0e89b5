import { webSocket } from 'epaxos/transport/websocket'

/** What the pages can do at best, without the library where that goes: in a page. */

/** About what a message and a batch of records take that hold one command. */
const BYTES = 256

interface Wire {
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(): void
}

let wire: Wire | undefined
let heard: (bytes: Uint8Array<ArrayBuffer>) => void = () => {}
let connection: RTCPeerConnection | undefined
/** The other end sends back what it hears. */
const echo = (bytes: Uint8Array<ArrayBuffer>): void => wire?.send(bytes)

const over = (channel: RTCDataChannel): Promise<void> => {
  channel.binaryType = 'arraybuffer'
  channel.onmessage = ({ data }) => heard(new Uint8Array(data))
  wire = channel
  return new Promise((resolve) => {
    channel.onopen = () => resolve()
  })
}

/** Of a connection, with all addresses that it was found to have. */
const described = async (made: RTCPeerConnection): Promise<RTCSessionDescriptionInit> => {
  if (made.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      made.onicegatheringstatechange = () => {
        if (made.iceGatheringState === 'complete') resolve()
      }
    })
  }
  return (made.localDescription as RTCSessionDescription).toJSON()
}

let opened: Promise<void> = Promise.resolve()

/** Begins a data channel as the library makes them: reliable, in order. */
export const offer = async (): Promise<RTCSessionDescriptionInit> => {
  connection = new RTCPeerConnection()
  opened = over(connection.createDataChannel('bench'))
  await connection.setLocalDescription()
  return described(connection)
}

export const answer = async (to: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> => {
  connection = new RTCPeerConnection()
  heard = echo
  connection.ondatachannel = ({ channel }) => void over(channel)
  await connection.setRemoteDescription(to)
  await connection.setLocalDescription()
  return described(connection)
}

export const accept = async (answered: RTCSessionDescriptionInit): Promise<void> => {
  await connection?.setRemoteDescription(answered)
  await opened
}

/** A link over the relay that seals nothing. @param echoes this end sends back what it hears @returns once the other one is there */
export const meet = (relay: string, room: string, replica: string, echoes: boolean): Promise<void> => {
  const link = webSocket()({ relay, room, self: { replica, incarnation: 1 } })
  if (echoes) heard = echo
  link.onMessage((_from, bytes) => heard(bytes.slice()))
  return new Promise((resolve) => {
    link.onPeer((peer, here) => {
      if (!here) return
      wire = { send: (bytes) => link.send(peer, bytes), close: () => link.close() }
      resolve()
    })
  })
}

export const part = (): void => {
  wire?.close()
  connection?.close()
  wire = undefined
  connection = undefined
  heard = () => {}
}

const STORE = 'cells'

const opening = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(`bench/${crypto.randomUUID()}`)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

let database: Promise<IDBDatabase> | undefined
let written = 0

/** Resolves when the disk has confirmed it. */
const write = async (): Promise<void> => {
  database ??= opening()
  const transaction = (await database).transaction(STORE, 'readwrite', { durability: 'strict' })
  transaction.objectStore(STORE).put(new Uint8Array(BYTES), written++)
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

/** One after the other: milliseconds of each. */
const timed = async (count: number, act: () => Promise<void>): Promise<readonly number[]> => {
  const took: number[] = []
  while (took.length < count) {
    const startMs = performance.now()
    await act()
    took.push(performance.now() - startMs)
  }
  return took
}

const there = (): Promise<void> =>
  new Promise((resolve) => {
    heard = () => resolve()
    wire?.send(new Uint8Array(BYTES))
  })

/** There and back. */
export const pings = (count: number): Promise<readonly number[]> => timed(count, there)

/** Writes that the disk has confirmed. */
export const strictWrites = (count: number): Promise<readonly number[]> => timed(count, write)

/** From now on what is heard is sent back only once as much is written here. */
export const echoWritten = (): void => {
  heard = (bytes) => void write().then(() => echo(bytes))
}

/** What a command has to wait for, and nothing else: a write, a message, a write there, the answer, and a write. */
export const steps = (count: number): Promise<readonly number[]> =>
  timed(count, async () => {
    await write()
    await there()
    await write()
  })
