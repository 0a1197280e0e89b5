/** A page made with React, inside a test: the test drives it from outside. */
import { createRoom, deepEqual, defineState, openRoom, parseInvite, type Room, write } from 'epaxos'
import { useRoom, useValue } from 'epaxos/react'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'
import { createElement, type ReactElement, StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'

const HALLS = ['left', 'right'] as const

const seats = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: string }) => [write(seat)],
      run: (tx, { seat }) => tx.set(seat, 'taken'),
    },
  },
})

const options = { state: seats, storage: indexedDb(), transport: webSocket(), tabs: 'separate' } as const

/** What the page has done, in order. */
export const events: string[] = []
/** How often each component has rendered. */
export const renders: Record<string, number> = {}

/** How many different lists each component was given. */
export const lists: Record<string, Set<unknown>> = {}

let invite: string | undefined
let current: Room<typeof seats> | undefined
let root: Root | undefined

/** Founds a room the first time, and comes back to it from then on. */
const open = async (relay: string): Promise<Room<typeof seats>> => {
  events.push('open')
  const room = invite === undefined ? await createRoom({ ...options, relay }) : await openRoom(invite, options)
  invite = room.invite()
  current = room
  return room
}

const rendered = (name: string): void => {
  renders[name] = (renders[name] ?? 0) + 1
}

const App = ({ relay, visit }: { readonly relay: string; readonly visit: number }): ReactElement => {
  rendered('app')
  const opening = useRoom(() => open(relay), [relay, visit])
  if (opening.status !== 'open') return createElement('p', { id: 'app' }, opening.status)
  const { room } = opening
  return createElement(
    'div',
    { id: 'app', 'data-room': room.id },
    ...HALLS.map((hall) => createElement(Seat, { key: hall, room, seat: `${hall}/1` })),
    ...HALLS.map((hall) => createElement(Hall, { key: `all ${hall}`, room, hall })),
  )
}

const Seat = ({ room, seat }: { readonly room: Room<typeof seats>; readonly seat: string }): ReactElement => {
  rendered(seat)
  return createElement('p', { id: seat }, useValue(room, (state) => state.get<string>(seat)) ?? 'free')
}

/** Selects what is another list each time. */
const Hall = ({ room, hall }: { readonly room: Room<typeof seats>; readonly hall: string }): ReactElement => {
  rendered(hall)
  const taken = useValue(room, (state) => [...state.scan({ from: `${hall}/`, to: `${hall}0` })], deepEqual)
  lists[hall] ??= new Set()
  lists[hall].add(taken)
  return createElement('p', { id: hall }, String(taken.length))
}

export const mount = (relay: string, strict: boolean): void => {
  const place = document.createElement('main')
  document.body.replaceChildren(place)
  root = createRoot(place)
  render(relay, strict)
}

/** Renders the whole page again. @param visit another one opens the room anew */
export const render = (relay: string, strict: boolean, visit = 1): void => {
  const app = createElement(App, { relay, visit })
  root?.render(strict ? createElement(StrictMode, undefined, app) : app)
}

export const unmount = (): void => root?.unmount()

export const claim = async (seat: string): Promise<void> => {
  await current?.mutate.claim({ seat })
}

/** What the page shows of a seat in the frame that follows its claim. */
export const shownInNextFrame = (seat: string): Promise<string | null | undefined> =>
  new Promise((resolve) => {
    void claim(seat)
    requestAnimationFrame(() => resolve(document.getElementById(seat)?.textContent))
  })

/** The members of the room that this browser stores, and those of them that are alive in it. */
export const replicas = async (): Promise<{
  readonly stored: readonly string[]
  readonly alive: readonly string[]
}> => {
  if (invite === undefined) return { stored: [], alive: [] }
  const stored = await options.storage.identities(parseInvite(invite).group)
  const { held = [] } = await navigator.locks.query()
  return { stored, alive: stored.filter((id) => held.some(({ name }) => name?.includes(id))) }
}
