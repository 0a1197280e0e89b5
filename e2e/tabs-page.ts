/** One tab of a room, inside a page: counters, and a log. The tests drive it from outside. */
import { createRoom, defineState, openRoom, type Room, write } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'

const state = defineState({
  version: 1,
  mutators: {
    add: {
      touches: ({ key }: { key: string }) => [write(key)],
      run(tx, { key }) {
        const sum = (tx.get<number>(key) ?? 0) + 1
        tx.set(key, sum)
        return sum
      },
    },
    say: {
      touches: (_: { words: string }) => [write('log')],
      run(tx, { words }) {
        tx.set('log', [...(tx.get<string[]>('log') ?? []), words])
      },
    },
  },
})

export class Tab {
  #called = 0
  #answered = 0
  #longestMs = 0
  #isOver = false
  #burst: Promise<unknown> = Promise.resolve()

  private constructor(readonly room: Room<typeof state>) {}

  static async found(relay: string): Promise<Tab> {
    const options = { state, storage: indexedDb(), transport: webSocket(), autopilot: false } as const
    return new Tab(await createRoom({ ...options, relay }))
  }

  static async open(invite: string): Promise<Tab> {
    const options = { state, storage: indexedDb(), transport: webSocket(), autopilot: false } as const
    return new Tab(await openRoom(invite, options))
  }

  /** What of it can leave the page. */
  get status(): { readonly tab: string; readonly role: string; readonly waiting: string | undefined } {
    const { tab, role, waiting } = this.room.status.get()
    return { tab, role, waiting }
  }

  get contents(): Record<string, unknown> {
    return Object.fromEntries(this.room.executed.get().scan())
  }

  get shown(): Record<string, unknown> {
    return Object.fromEntries(this.room.state.get().scan())
  }

  get progress(): { readonly called: number; readonly answered: number; readonly longestMs: number } {
    return { called: this.#called, answered: this.#answered, longestMs: Math.round(this.#longestMs) }
  }

  /** Adds 1 to a key again and again, so many at a time, until it is stopped. */
  begin(key: string, atOnce: number): void {
    let lastMs = performance.now()
    const work = async (): Promise<void> => {
      while (!this.#isOver) {
        this.#called++
        await this.room.mutate.add({ key })
        this.#answered++
        const nowMs = performance.now()
        this.#longestMs = Math.max(this.#longestMs, nowMs - lastMs)
        lastMs = nowMs
      }
    }
    this.#burst = Promise.all(Array.from({ length: atOnce }, work))
  }

  /** Resolves when all is answered. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#burst
  }

  /** Says this, and waits until it is kept. */
  async say(words: string): Promise<void> {
    const said = this.room.mutate.say({ words })
    said.catch(() => {})
    await said.local
  }
}
