import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { webSocket } from 'epaxos/transport/websocket'

/** What the machine can do at best: a link with nothing on top of it, a file with nothing around it. */

const [PING, PONG] = [0, 1]

/** The name of a room of the relay in which nobody is a member of anything. */
const ROOM = 'bare'

export interface BareLink {
  /** Milliseconds there and back, each. @throws where one is lost */
  ping(to: string, times: number, bytes: number): Promise<readonly number[]>
  close(): void
}

/** Sends back whatever others send. */
export const bareLink = (relay: string, replica: string): BareLink => {
  const link = webSocket()({ relay, room: ROOM, self: { replica, incarnation: 1 } })
  let answered = (): void => {}
  link.onMessage((from, bytes) => {
    if (bytes[0] === PONG) return answered()
    const answer = bytes.slice()
    answer[0] = PONG
    link.send(from, answer)
  })
  return {
    ping: async (to, times, bytes) => {
      const patience = AbortSignal.timeout(PATIENCE_MS)
      const peer = { replica: to, incarnation: 1 }
      const packet = new Uint8Array(bytes).fill(PING)
      const took: number[] = []
      while (took.length < times) {
        const start = performance.now()
        await new Promise<void>((resolve, reject) => {
          answered = resolve
          patience.onabort = () => reject(new Error(`no answer of ${to}: ${took.length} of ${times} came`))
          if (!link.send(peer, packet)) reject(new Error(`${to} is not there`))
        })
        took.push(performance.now() - start)
      }
      return took
    },
    close: () => link.close(),
  }
}

const PATIENCE_MS = 20_000

/** Milliseconds to write so many bytes at the end of a file, and to have them on the disk, each. */
export const syncs = (folder: string, times: number, bytes: number): readonly number[] => {
  const name = join(folder, 'bare')
  const file = openSync(name, 'a')
  const content = new Uint8Array(bytes).fill(1)
  try {
    return Array.from({ length: times }, () => {
      const start = performance.now()
      writeSync(file, content)
      fsyncSync(file)
      return performance.now() - start
    })
  } finally {
    closeSync(file)
    rmSync(name)
  }
}
