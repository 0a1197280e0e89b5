import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { bundleWorker } from './edge/bundle.js'

/** The platform's behaviour of that day. */
const COMPATIBILITY_DATE = '2026-01-01'

/** The Worker of tools/edge/room-worker.ts: relay and, where it was given an invite, replica of each room. */
const ROOM_WORKER = 'tools/edge/room-worker.ts'

export interface WorkerdOptions {
  /** A module of this checkout whose class `Room` is bound as `ROOMS`. */
  readonly entry?: string
  /** What the Worker finds in its environment, beside `ROOMS`. */
  readonly bindings?: Readonly<Record<string, string>>
}

export interface Workerd {
  /** What links connect to. */
  readonly relay: string
  /** The same for requests. */
  readonly url: string
  /** What the Worker finds as `EPAXOS_OPERATOR`. */
  readonly operator: string
  /** Has the object of that name forget all that is in its memory, as a deployment or a crash would. */
  evict(object: string, sockets: 'hibernate' | 'close'): Promise<void>
  /** Ends the process and starts another, on the same address and storage. */
  restart(): Promise<void>
  /** Ends the process, and removes what it has stored. Idempotent. */
  stop(): Promise<void>
}

/** A real workerd with real storage, in a folder of its own, on a free port of this machine alone. */
export const startWorkerd = async ({ entry = ROOM_WORKER, bindings = {} }: WorkerdOptions = {}): Promise<Workerd> => {
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-workerd-'))
  const operator = crypto.randomUUID()
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const contents = await readFile(await bundleWorker(entry, folder), 'utf8')
    const start = (port: number): Miniflare =>
      new Miniflare({
        name: WORKER,
        modules: [{ type: 'ESModule', path: 'worker.js', contents }],
        compatibilityDate: COMPATIBILITY_DATE,
        bindings: { EPAXOS_OPERATOR: operator, ...bindings },
        durableObjects: { ROOMS: { className: OBJECT_CLASS, useSQLite: true } },
        durableObjectsPersist: join(folder, 'objects'),
        host: '127.0.0.1',
        port,
      })
    let miniflare = start(0)
    const { host, port } = await miniflare.ready
    let stopping: Promise<void> | undefined
    return {
      relay: `ws://${host}`,
      url: `http://${host}`,
      operator,
      evict: (name, webSockets) => miniflare.unsafeEvictDurableObject(WORKER, OBJECT_CLASS, { name, webSockets }),
      restart: async () => {
        await miniflare.dispose()
        miniflare = start(Number(port))
        await miniflare.ready
      },
      stop: () => {
        stopping ??= miniflare.dispose().finally(remove)
        return stopping
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

const WORKER = 'rooms'
const OBJECT_CLASS = 'Room'
