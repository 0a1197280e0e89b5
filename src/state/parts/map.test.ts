import { describe, expect, it } from 'vitest'
import { readRange, write, writeRange } from '../../core/index.js'
import { defineState } from '../define-state.js'
import { refuse } from '../mutator.js'
import { map } from './map.js'
import { stageOf } from './stage.js'

const stock = map<number>('stock')
const names = map<string>('stocked')

const shop = defineState({
  version: 1,
  mutators: {
    move: {
      touches: ({ from, to }: { from: string; to: string }) => [stock.touches(from), stock.touches(to)],
      run(tx, { from, to }) {
        const left = stock.add(tx, from, -1)
        if (!left.ok || left.value < 0) return refuse('sold-out', { from })
        stock.add(tx, to, 1)
        return { ok: true }
      },
    },
  },
  parts: { stock, names },
})

describe('a map under a name', () => {
  it('keeps to the keys that begin with its name and a slash', async () => {
    const stage = stageOf(shop)
    const ada = stage.as('Ada')
    await ada.stock.set({ key: 'pen', value: 3 })
    await ada.names.set({ key: 'pen', value: 'a pen' })
    await ada.stock.set({ key: '', value: 1 })
    expect(Array.from(stage.value.scan(), ([key]) => key)).toEqual(['stock/', 'stock/pen', 'stocked/pen'])
    expect([...stock.entries(stage.value)]).toEqual([
      ['', 1],
      ['pen', 3],
    ])
    expect([...stock.entries(stage.value, { from: 'a' })]).toEqual([['pen', 3]])
    expect([...stock.entries(stage.value, { to: 'a' })]).toEqual([['', 1]])
    expect(await ada.stock.clear()).toEqual(['', 'pen'])
    expect(names.get(stage.value, 'pen')).toBe('a pen')
    expect(stock.has(stage.value, 'pen')).toBe(false)
  })

  it('does as a step of a mutator what it does when it is called, or nothing of it where that refuses', async () => {
    const stage = stageOf(shop)
    const ada = stage.as('Ada')
    await ada.stock.set({ key: 'shelf', value: 1 })
    expect(await ada.move({ from: 'shelf', to: 'box' })).toEqual({ ok: true })
    expect(await ada.move({ from: 'shelf', to: 'box' })).toEqual({ ok: false, reason: 'sold-out', from: 'shelf' })
    expect([...stock.entries(stage.value)]).toEqual([
      ['box', 1],
      ['shelf', 0],
    ])
    expect(stage.proposed.at(-1)?.spans).toEqual([write('stock/shelf'), write('stock/box')])
  })

  it('declares one key, or all of its own', () => {
    expect(stock.touches('pen')).toEqual(write('stock/pen'))
    expect(stock.touches()).toEqual(writeRange('stock/', 'stock0'))
    expect(stock.reads()).toEqual(readRange('stock/', 'stock0'))
    expect(map().reads()).toEqual(readRange(''))
  })

  it('can be read in a reading of what it declares', async () => {
    const stage = stageOf(shop)
    await stage.as('Ada').stock.set({ key: 'pen', value: 3 })
    expect([...stock.entries(stage.machine.reading([stock.reads()]))]).toEqual([['pen', 3]])
    expect(stock.get(stage.machine.reading([stock.reads('pen')]), 'pen')).toBe(3)
  })
})
