/** A room and inspectors of it, inside a page. The tests drive it from outside. */
import { createRoom, openRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { type Inspector, type InspectorOptions, mountInspector } from 'epaxos/inspector'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'

const options = { state: replicatedMap(), storage: indexedDb(), transport: webSocket(), autopilot: false } as const

export class Inspected {
  readonly #room: Room<ReplicatedMap>
  #inspector: Inspector | undefined
  /** How often the instances were asked for, which is once for each drawing of them. */
  drawn = 0

  private constructor(room: Room<ReplicatedMap>) {
    this.#room = room
  }

  static async found(relay: string): Promise<Inspected> {
    return new Inspected(await createRoom({ ...options, relay }))
  }

  static async open(invite: string): Promise<Inspected> {
    return new Inspected(await openRoom(invite, options))
  }

  get invite(): string {
    return this.#room.invite()
  }

  mount(options?: InspectorOptions): void {
    const { id, status } = this.#room
    const room = {
      id,
      status,
      diagnose: () => this.#room.diagnose(),
      trace: (length: number) => {
        this.drawn++
        return this.#room.trace(length)
      },
    }
    this.#inspector = mountInspector(room, options)
  }

  /** As frameworks do while they develop: mounted, taken out, and mounted again, at once. */
  mountTwice(options?: InspectorOptions): void {
    this.mount(options)
    this.unmount()
    this.mount(options)
  }

  unmount(): void {
    this.#inspector?.close()
    this.#inspector?.close()
  }

  /** Sets keys, one after the other, for so long; resolves with how many. */
  async set(forMs: number): Promise<number> {
    const untilMs = performance.now() + forMs
    let count = 0
    while (performance.now() < untilMs) await this.#room.mutate.set({ key: 'x', value: ++count })
    return count
  }

  close(): Promise<void> {
    return this.#room.close()
  }
}
