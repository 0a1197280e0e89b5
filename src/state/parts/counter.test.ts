import { describe, expect, it } from 'vitest'
import { write } from '../../core/index.js'
import { defineState } from '../define-state.js'
import { InvalidArguments } from '../state-errors.js'
import { counter } from './counter.js'
import { stageOf } from './stage.js'

const hits = counter('hits')
const state = defineState({
  version: 1,
  mutators: {
    twice: { touches: () => [hits.touches()], run: (tx) => hits.add(tx) + hits.add(tx, 10) },
  },
  parts: { hits },
})

describe('a counter', () => {
  it('counts from 0, by ones or by more, up and down', async () => {
    const stage = stageOf(state)
    expect(hits.value(stage.value)).toBe(0)
    expect(await stage.as('Ada').hits.add()).toBe(1)
    expect(await stage.as('Bob').hits.add({ by: 5 })).toBe(6)
    expect(await stage.as('Ada').hits.add({ by: -2 })).toBe(4)
    expect(hits.value(stage.value)).toBe(4)
  })

  it('begins again at 0, and says what it had come to', async () => {
    const stage = stageOf(state)
    await stage.as('Ada').hits.add({ by: 3 })
    expect(await stage.as('Ada').hits.reset()).toBe(3)
    expect(hits.value(stage.value)).toBe(0)
    expect(stage.value.size).toBe(0)
  })

  it('counts in a mutator as well', async () => {
    const stage = stageOf(state)
    expect(await stage.as('Ada').twice()).toBe(12)
    expect(hits.value(stage.machine.reading([hits.reads()]))).toBe(11)
    expect(stage.proposed.map(({ spans }) => spans)).toEqual([[write('hits')]])
  })

  it('refuses parts of one, and stays as it is where it would become inexact', async () => {
    const stage = stageOf(state)
    await expect(stage.as('Ada').hits.add({ by: 0.5 })).rejects.toThrow(InvalidArguments)
    await stage.as('Ada').hits.add({ by: Number.MAX_SAFE_INTEGER })
    await expect(stage.as('Ada').hits.add()).rejects.toThrow(RangeError)
    expect(hits.value(stage.value)).toBe(Number.MAX_SAFE_INTEGER)
  })
})
