import { describe, expect, it } from 'vitest'
import { read, readRange, write, writeRange } from '../../core/index.js'
import { defineState } from '../define-state.js'
import { claims } from './claims.js'
import { counter } from './counter.js'
import { stageOf } from './stage.js'

const seats = claims('seat')
const free = counter('free')
const state = defineState({
  version: 1,
  mutators: {
    book: {
      touches: ({ seat }: { seat: string }) => [seats.touches(seat), free.touches()],
      run(tx, { seat }) {
        const claimed = seats.claim(tx, seat)
        if (claimed.ok) free.add(tx, -1)
        return claimed
      },
    },
  },
  parts: { seats },
})

describe('claims', () => {
  it('give a name to who comes first, and tell the others who has it', async () => {
    const stage = stageOf(state)
    const [ada, bob] = [stage.as('Ada'), stage.as('Bob')]
    expect(await ada.seats.claim({ name: '12' })).toEqual({ ok: true })
    expect(await bob.seats.claim({ name: '12' })).toEqual({ ok: false, reason: 'taken', by: 'Ada' })
    expect(await bob.seats.claim({ name: '13' })).toEqual({ ok: true })
    expect(await ada.seats.claim({ name: '12' })).toEqual({ ok: true })
    expect(seats.of(stage.value, '12')).toBe('Ada')
    expect(seats.of(stage.value, '14')).toBeUndefined()
    expect([...seats.all(stage.machine.reading([seats.reads()]))]).toEqual([
      ['12', 'Ada'],
      ['13', 'Bob'],
    ])
  })

  it('are shown as they are when they are asked for, as often as one likes', async () => {
    const stage = stageOf(state)
    await stage.as('Ada').seats.claim({ name: '12' })
    const all = seats.all(stage.machine.reading([seats.reads()]))
    await stage.as('Ada').seats.claim({ name: '13' })
    expect([...all]).toEqual([['12', 'Ada']])
    expect([...all]).toEqual([['12', 'Ada']])
  })

  it('are released by who has them, and can be had again', async () => {
    const stage = stageOf(state)
    const [ada, bob] = [stage.as('Ada'), stage.as('Bob')]
    await ada.seats.claim({ name: '12' })
    expect(await bob.seats.release({ name: '12' })).toEqual({ ok: false, reason: 'taken', by: 'Ada' })
    expect(await ada.seats.release({ name: '12' })).toEqual({ ok: true })
    expect(await ada.seats.release({ name: '12' })).toEqual({ ok: false, reason: 'free' })
    expect(await bob.seats.claim({ name: '12' })).toEqual({ ok: true })
  })

  it('can be one step of a mutator', async () => {
    const stage = stageOf(state)
    expect(await stage.as('Ada').book({ seat: '12' })).toEqual({ ok: true })
    expect(await stage.as('Bob').book({ seat: '12' })).toEqual({ ok: false, reason: 'taken', by: 'Ada' })
    expect(free.value(stage.value)).toBe(-1)
  })

  it('touch the one name that is claimed: others go on at the same time', async () => {
    const stage = stageOf(state)
    await stage.as('Ada').seats.claim({ name: '12' })
    await stage.as('Ada').seats.release({ name: '12' })
    expect(stage.proposed.map(({ spans }) => spans)).toEqual([[write('seat/12')], [write('seat/12')]])
    expect(seats.reads('12')).toEqual(read('seat/12'))
    expect(seats.reads()).toEqual(readRange('seat/', 'seat0'))
    expect(seats.touches()).toEqual(writeRange('seat/', 'seat0'))
  })
})
