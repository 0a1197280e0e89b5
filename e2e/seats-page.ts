/** A member of a room with seats and a log, inside a page, and what is drawn of it. The tests drive it from outside. */
import { createRoom, defineState, openRoom, type Room, refuse, write } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { memory } from 'epaxos/storage/memory'
import { webRtc } from 'epaxos/transport/webrtc'
import { webSocket } from 'epaxos/transport/websocket'

const seats = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
      run(tx, { seat }) {
        const by = tx.get<string>(`seat/${seat}`)
        if (by !== undefined) return refuse('taken', { by })
        tx.set(`seat/${seat}`, tx.author)
        return { ok: true }
      },
    },
    append: {
      touches: (_line: string) => [write('log')],
      run: (tx, line) => tx.set('log', [...(tx.get<string[]>('log') ?? []), line]),
    },
  },
})

export interface Claimed {
  readonly ok: boolean
  /** Who it says was first. */
  readonly by: string | undefined
  /** Whose the seat was, as this page saw it, right after the call, … */
  readonly shown: string | undefined
  /** … and when it had its answer. */
  readonly after: string | undefined
}

export interface Frame {
  /** What the page showed in the frame after the call. */
  readonly drawn: string | null
  /** What was executed by then. */
  readonly executed: unknown
}

export class Seats {
  private constructor(readonly room: Room<typeof seats>) {
    const output = document.body.appendChild(document.createElement('output'))
    room.state.subscribe((view) => {
      output.textContent = JSON.stringify(view.get('log') ?? [])
    })
  }

  static async found(relay: string): Promise<Seats> {
    return new Seats(await createRoom({ state: seats, storage: memory(), transport: webRtc(), relay }))
  }

  /** @param direct over data channels; else by the relay alone, and stored. */
  static async join(invite: string, direct: boolean): Promise<Seats> {
    const options = direct
      ? { storage: memory(), transport: webRtc() }
      : { storage: indexedDb(), transport: webSocket(), tabs: 'separate' as const }
    return new Seats(await openRoom(invite, { state: seats, ...options }))
  }

  /** Claims seats 0 … `count` − 1, each at a moment of its own on the machine's clock. */
  async claimAll(count: number, startMs: number, periodMs: number): Promise<readonly Claimed[]> {
    const claimed: Claimed[] = []
    for (let seat = 0; seat < count; seat++) {
      const atMs = startMs + seat * periodMs
      await new Promise((resolve) => setTimeout(resolve, atMs - Date.now() - 5))
      while (Date.now() < atMs);
      const key = `seat/${seat}`
      const claim = this.room.mutate.claim({ seat })
      const shown = this.room.state.get().get<string>(key)
      const result = await claim
      const by = result.ok ? undefined : result.by
      claimed.push({ ok: result.ok, by, shown, after: this.room.state.get().get<string>(key) })
    }
    return claimed
  }

  /** Appends lines one after the other, without waiting for any; resolves once all are kept. */
  async append(lines: readonly string[]): Promise<void> {
    const mutations = lines.map((line) => this.room.mutate.append(line))
    // This page goes before they are answered.
    for (const mutation of mutations) mutation.catch(() => {})
    await Promise.all(mutations.map(({ local }) => local))
  }

  /** What the page shows in the frame after a line was appended. */
  frameAfter(line: string): Promise<Frame> {
    return new Promise((resolve) => {
      void this.room.mutate.append(line)
      requestAnimationFrame(() => {
        const drawn = document.querySelector('output')?.textContent ?? null
        resolve({ drawn, executed: this.room.executed.get().get('log') })
      })
    })
  }

  log(): readonly string[] {
    return this.room.executed.get().get<string[]>('log') ?? []
  }

  shownLog(): readonly string[] {
    return this.room.state.get().get<string[]>('log') ?? []
  }

  waiting(): { readonly pending: number; readonly reason: string | undefined } {
    const { pending, waiting } = this.room.status.get()
    return { pending, reason: waiting }
  }
}
