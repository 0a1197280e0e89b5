import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyState, createRoom, type Observable, openRoom, type Room } from 'epaxos'
import { type Relay, startRelay } from 'epaxos/relay/node'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { Doc, encodeStateAsUpdate } from 'yjs'
import { writeAll } from './tried.js'

// What the pages show beside the guide's program does what they say of it.

let folder = ''
let relay: Relay
const open: Room[] = []

beforeAll(async () => {
  folder = await writeAll()
  relay = await startRelay()
})
afterAll(async () => {
  await relay.close()
  await rm(folder, { recursive: true })
})
afterEach(async () => {
  for (const room of open.splice(0).reverse()) await room.close()
})

/** A module that a page tells its reader to write. */
const shown = (path: string) => import(join(folder, path))

/** A room, and its first guest. */
const two = async (state: AnyState): Promise<readonly [Room, Room]> => {
  const options = { state, storage: memory(), transport: webSocket() }
  const ada = await createRoom({ ...options, relay: relay.url, author: 'Ada' })
  open.push(ada)
  const bob = await openRoom(ada.invite(), { ...options, author: 'Bob' })
  open.push(bob)
  return [ada, bob]
}

const until = <T>(source: Observable<T>, isSo: (value: T) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (value: T): void => {
      if (!isSo(value)) return
      stop()
      resolve()
    }
    const stop = source.subscribe(look)
    look(source.get())
  })

it('Yjs beside a room: two documents come to the same text, and so does a folded one', async () => {
  const { bind, texts } = await shown('recipes/text.ts')
  const [ada, bob] = await two(texts)
  const [hers, his] = [new Doc(), new Doc()]
  const unbind = [bind(ada, 'minutes', hers), bind(bob, 'minutes', his)]
  hers.getText().insert(0, 'We met.')
  his.getText().insert(0, 'Bob was late. ')
  await until(ada.executed, (state) => [...state.scan()].length === 2)
  await until(bob.executed, (state) => [...state.scan()].length === 2)
  expect(his.getText().toString()).toBe(hers.getText().toString())
  expect(his.getText()).toHaveLength('We met.Bob was late. '.length)

  const keys = [...ada.executed.get().scan()].map(([key]) => key)
  const update = btoa(String.fromCharCode(...encodeStateAsUpdate(hers)))
  await ada.mutate.fold({ doc: 'minutes', update, until: keys.at(-1) })
  expect([...ada.executed.get().scan()]).toHaveLength(1)
  const late = new Doc()
  unbind.push(bind(ada, 'minutes', late))
  expect(late.getText().toString()).toBe(hers.getText().toString())
  for (const stop of unbind) stop()
})

it('an undo takes back what nobody has changed since, and nothing else', async () => {
  const { change, notes, undo } = await shown('recipes/notes.ts')
  const [ada, bob] = await two(notes)
  await change(ada, 'title', 'Minutes')
  await change(ada, 'title', 'Notes')
  expect(await undo(ada)).toBe(true)
  expect(ada.executed.get().get('title')).toBe('Minutes')
  await bob.mutate.change({ key: 'title', before: 'Minutes', after: 'Report' })
  expect(await undo(ada)).toBe(false)
  expect(ada.state.get().get('title')).toBe('Report')
})

it('a transfer moves all or nothing', async () => {
  const { wallet } = await shown('mutators/wallet.ts')
  const [ada] = await two(wallet)
  expect(await ada.mutate.transfer({ from: 'a', to: 'b', amount: 1 })).toEqual({
    ok: false,
    reason: 'too little',
    balance: 0,
  })
  expect(ada.state.get().size).toBe(0)
})

it('what the built-in states show can be called', async () => {
  const { club } = await shown('mutators/club.ts')
  const { visit } = await shown('mutators/club-page.ts')
  const [ada] = await two(club)
  const log = vi.spyOn(console, 'log').mockReturnValue()
  await visit(ada)
  expect(log.mock.calls).toEqual([
    [1, 'Ada'],
    [expect.any(String), 'So What'],
  ])
  log.mockRestore()
})

/** As little as an observable takes. */
class Cell implements Observable<number> {
  readonly #listeners = new Set<(value: number) => void>()
  #value = 1
  get = (): number => this.#value
  subscribe = (listener: (value: number) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  set(value: number): void {
    this.#value = value
    for (const listener of this.#listeners) listener(value)
  }
  get listeners(): number {
    return this.#listeners.size
  }
}

it("Svelte's adapter tells at once, and of changes until it is left", async () => {
  const { store } = await shown('react/store.ts')
  const cell = new Cell()
  const told: number[] = []
  const stop = store(cell).subscribe((value: number) => told.push(value))
  cell.set(2)
  stop()
  cell.set(3)
  expect(told).toEqual([1, 2])
})

it("Vue's ref follows for as long as its scope is there", async () => {
  const { useObservable } = await shown('react/use-observable.ts')
  const cell = new Cell()
  const scope = effectScope()
  const ref = scope.run(() => useObservable(cell))
  cell.set(2)
  expect(ref.value).toBe(2)
  scope.stop()
  expect(cell.listeners).toBe(0)
})
