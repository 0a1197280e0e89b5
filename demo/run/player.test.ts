import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Player } from './player.js'

let frames = new Map<number, FrameRequestCallback>()
let asked = 0

beforeEach(() => {
  frames = new Map()
  vi.stubGlobal('requestAnimationFrame', (turn: FrameRequestCallback) => {
    frames.set(++asked, turn)
    return asked
  })
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => frames.delete(frame))
})
afterEach(() => void vi.unstubAllGlobals())

const frameAt = (nowMs: number): void => {
  const due = [...frames.values()]
  frames.clear()
  for (const turn of due) turn(nowMs)
}

/** A run of so many milliseconds, played twice as fast as time passes. */
const playing = (lengthMs: number) => {
  const session = {
    positionMs: 0,
    advance: (byMs: number): void => {
      session.positionMs = Math.min(lengthMs, session.positionMs + byMs)
    },
  }
  const [moved, ended] = [vi.fn(), vi.fn()]
  const player = new Player(() => session, moved, ended)
  player.speed = 2
  player.play()
  return { session, player, moved, ended }
}

it('goes on by what has passed between two frames, at its speed', () => {
  const { session, moved } = playing(1000)
  for (const ms of [5000, 5010, 5030]) frameAt(ms)
  expect(session.positionMs).toBe(60)
  expect(moved).toHaveBeenCalledTimes(2)
})

it('does not jump after frames that did not come, nor after a pause', () => {
  const { session, player } = playing(1000)
  for (const ms of [0, 10, 60_000]) frameAt(ms)
  expect(session.positionMs).toBe(220)
  player.pause()
  expect([player.playing, frames.size]).toEqual([false, 0])
  player.play()
  frameAt(90_000)
  expect(session.positionMs).toBe(220)
})

it('plays once, however often it is told to', () => {
  const { player } = playing(1000)
  player.play()
  expect(frames.size).toBe(1)
})

it('takes two frames of one moment for no end', () => {
  const { player, ended } = playing(1000)
  for (const ms of [0, 10, 10]) frameAt(ms)
  expect(player.playing).toBe(true)
  expect(ended).not.toHaveBeenCalled()
})

it('stops where the run goes no further, and tells it once', () => {
  const { player, moved, ended } = playing(20)
  for (const ms of [0, 10, 20, 30]) frameAt(ms)
  expect([player.playing, frames.size]).toEqual([false, 0])
  expect(moved).toHaveBeenCalledTimes(1)
  expect(ended).toHaveBeenCalledTimes(1)
})
