import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Tenancy } from './tenancy.js'

/** Opens rooms, one at a time as if all were of one identity, and says what has happened in which order. */
class House {
  readonly events: string[] = []
  /** Resolves what is being opened, or closed. */
  readonly steps: (() => void)[] = []
  #opened = 0

  readonly open = async (): Promise<{ readonly name: string; close(): Promise<void> }> => {
    const name = `room ${++this.#opened}`
    this.events.push(`${name} opens`)
    await this.#step()
    return {
      name,
      close: async () => {
        this.events.push(`${name} closes`)
        await this.#step()
        this.events.push(`${name} is closed`)
      },
    }
  }

  #step(): Promise<void> {
    return new Promise((resolve) => this.steps.push(resolve))
  }
}

/** Lets what is due happen, timers of no time included. */
const due = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0)
}

let house: House

/** The so-manyth step of the house, from 0, ends. */
const end = async (step: number): Promise<void> => {
  const resolve = house.steps[step]
  if (resolve === undefined) throw new Error(`there is no step ${step} yet`)
  resolve()
  await due()
}

describe('a tenancy', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    house = new House()
  })
  afterEach(async () => {
    await due()
    for (let step = 0; step < house.steps.length; step++) await end(step)
    vi.useRealTimers()
  })

  it('opens nothing before somebody uses it', async () => {
    new Tenancy(house.open).get()
    await due()
    expect(house.events).toEqual([])
  })

  it('tells those that use it when the room is open', async () => {
    const tenancy = new Tenancy(house.open)
    const told: string[] = []
    const leave = tenancy.enter(() => told.push(tenancy.get().status))
    expect(tenancy.get()).toEqual({ status: 'opening' })
    await due()
    await end(0)
    expect(told).toEqual(['open'])
    expect(tenancy.get()).toMatchObject({ room: { name: 'room 1' } })
    expect(tenancy.get()).toBe(tenancy.get())
    leave()
  })

  it('tells of the error when it could not be opened, and the next use tries again', async () => {
    const error = new Error('no')
    const open = vi.fn(() => Promise.reject(error))
    const tenancy = new Tenancy(open)
    const told: string[] = []
    tenancy.enter(() => told.push(tenancy.get().status))()
    const leave = tenancy.enter(() => told.push(tenancy.get().status))
    await due()
    expect(told).toEqual(['failed'])
    expect(tenancy.get()).toEqual({ status: 'failed', error })
    leave()
    await due()
    tenancy.enter(() => {})()
    await due()
    expect(tenancy.get()).toEqual({ status: 'opening' })
    expect(open).toHaveBeenCalledTimes(2)
  })

  it('takes what `open` throws as what it rejects with', async () => {
    const tenancy = new Tenancy(() => {
      throw new TypeError('not an invite')
    })
    const leave = tenancy.enter(() => {})
    await due()
    expect(tenancy.get()).toMatchObject({ status: 'failed', error: { message: 'not an invite' } })
    leave()
  })

  it('goes on with the room that it has when it is left and entered in one go', async () => {
    const tenancy = new Tenancy(house.open)
    tenancy.enter(() => {})()
    const leave = tenancy.enter(() => {})
    await due()
    await end(0)
    leave()
    const again = tenancy.enter(() => {})
    await due()
    expect(house.events).toEqual(['room 1 opens'])
    expect(tenancy.get()).toMatchObject({ status: 'open', room: { name: 'room 1' } })
    again()
  })

  it('keeps the room open until the last of several has left', async () => {
    const tenancy = new Tenancy(house.open)
    const [first, second] = [tenancy.enter(() => {}), tenancy.enter(() => {})]
    await due()
    await end(0)
    first()
    first()
    await due()
    expect(house.events).toEqual(['room 1 opens'])
    second()
    await due()
    expect(house.events).toEqual(['room 1 opens', 'room 1 closes'])
  })

  it('closes a room that was left before it was open, and tells nobody of it', async () => {
    const tenancy = new Tenancy(house.open)
    const told: string[] = []
    const leave = tenancy.enter(() => told.push(tenancy.get().status))
    await due()
    leave()
    await due()
    await end(0)
    expect(house.events).toEqual(['room 1 opens', 'room 1 closes'])
    expect(told).toEqual([])
    expect(tenancy.get()).toEqual({ status: 'opening' })
  })

  it('opens the next room only once the one before is closed', async () => {
    const before = new Tenancy(house.open)
    const leave = before.enter(() => {})
    await due()
    await end(0)
    leave()
    // As another component does that mounts as this one goes.
    const next = new Tenancy(house.open).enter(() => {})
    await due()
    expect(house.events).toEqual(['room 1 opens', 'room 1 closes'])
    await end(1)
    expect(house.events).toEqual(['room 1 opens', 'room 1 closes', 'room 1 is closed', 'room 2 opens'])
    next()
  })

  it('waits for its own closing when it is entered late', async () => {
    const tenancy = new Tenancy(house.open)
    const leave = tenancy.enter(() => {})
    await due()
    await end(0)
    leave()
    await due()
    const again = tenancy.enter(() => {})
    await due()
    expect(tenancy.get()).toEqual({ status: 'opening' })
    expect(house.events).toEqual(['room 1 opens', 'room 1 closes'])
    await end(1)
    await end(2)
    expect(tenancy.get()).toMatchObject({ room: { name: 'room 2' } })
    again()
  })

  it('never opens what was left while it waited for another one to close', async () => {
    const before = new Tenancy(house.open)
    const leave = before.enter(() => {})
    await due()
    await end(0)
    leave()
    const between = new Tenancy(house.open).enter(() => {})
    await due()
    between()
    await due()
    await end(1)
    expect(house.events).toEqual(['room 1 opens', 'room 1 closes', 'room 1 is closed'])
    const next = new Tenancy(house.open).enter(() => {})
    await due()
    expect(house.events.at(-1)).toBe('room 2 opens')
    next()
  })

  it('does not wait for a room that is used again', async () => {
    const first = new Tenancy(house.open)
    const leave = first.enter(() => {})
    await due()
    await end(0)
    leave()
    const second = new Tenancy(house.open).enter(() => {})
    const again = first.enter(() => {})
    await due()
    expect(house.events).toEqual(['room 1 opens', 'room 2 opens'])
    second()
    again()
  })

  it('is held up by a room that does not close, but not for ever', async () => {
    const before = new Tenancy(house.open)
    const leave = before.enter(() => {})
    await due()
    await end(0)
    leave()
    const next = new Tenancy(house.open).enter(() => {})
    await vi.advanceTimersByTimeAsync(4999)
    expect(house.events.at(-1)).toBe('room 1 closes')
    await vi.advanceTimersByTimeAsync(1)
    expect(house.events.at(-1)).toBe('room 2 opens')
    next()
  })
})
