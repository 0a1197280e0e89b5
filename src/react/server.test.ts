import { createElement, type FunctionComponent } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { write } from '../core/index.js'
import { createRoom, type Room } from '../room/index.js'
import { type AnyState, defineState } from '../state/index.js'
import { memory } from '../storage/memory.js'
import { localNetwork } from '../transport/local.js'
import { useExecuted, usePending, usePresence, useRoom, useStatus, useValue } from './index.js'

const hall = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: string }) => [write(seat)],
      run: (tx, { seat }) => tx.set(seat, tx.author),
    },
  },
})

const rooms: Room<AnyState>[] = []
afterEach(async () => {
  await Promise.all(rooms.splice(0).map((room) => room.close()))
})

const found = async (): Promise<Room<typeof hall>> => {
  const room = await createRoom({ state: hall, storage: memory(), transport: localNetwork().transport, author: 'Ada' })
  rooms.push(room)
  return room
}

/** The text that a component renders on a server. */
const rendered = (component: FunctionComponent): string => renderToString(createElement(component))

describe('on a server', () => {
  it('a component that uses a room renders as opening, and nothing is opened', () => {
    const open = vi.fn(found)
    expect(rendered(() => useRoom(open).status)).toBe('opening')
    expect(open).not.toHaveBeenCalled()
  })

  it('hooks over a room that is there say what there is at the moment', async () => {
    const room = await found()
    expect(rendered(() => useValue(room, (seats) => seats.get<string>('B4') ?? 'free'))).toBe('free')
    const claim = room.mutate.claim({ seat: 'B4' })
    expect(rendered(() => useValue(room, (seats) => seats.get<string>('B4') ?? 'free'))).toBe('Ada')
    expect(rendered(() => useExecuted(room, (seats) => seats.get<string>('B4') ?? 'free'))).toBe('free')
    expect(rendered(() => String(usePending(room).map(({ name }) => name)))).toBe('claim')
    await claim
    expect(rendered(() => useExecuted(room, (seats) => seats.get<string>('B4') ?? 'free'))).toBe('Ada')
    expect(rendered(() => String(usePending(room).length))).toBe('0')
    expect(rendered(() => useStatus(room, ({ role }) => role))).toBe('voter')
    expect(rendered(() => useStatus(room).role)).toBe('voter')
    room.presence.set({ name: 'Ada' })
    expect(rendered(() => JSON.stringify(usePresence(room).map(({ value }) => value)))).toContain('Ada')
  })
})
