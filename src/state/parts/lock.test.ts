import { describe, expect, it } from 'vitest'
import { defineState } from '../define-state.js'
import { refuse } from '../mutator.js'
import { lock } from './lock.js'
import { stageOf } from './stage.js'

const editor = lock('editor')
const state = defineState({
  version: 1,
  mutators: {
    takeOver: {
      touches: () => [editor.touches()],
      run(tx) {
        if (tx.author !== 'the chair') return refuse('not-the-chair')
        editor.free(tx)
        return editor.acquire(tx)
      },
    },
  },
  parts: { editor },
})

describe('a lock', () => {
  it('is held by who comes first, until they release it', async () => {
    const stage = stageOf(state)
    const [ada, bob] = [stage.as('Ada'), stage.as('Bob')]
    expect(editor.owner(stage.value)).toBeUndefined()
    expect(await ada.editor.acquire()).toEqual({ ok: true })
    expect(await bob.editor.acquire()).toEqual({ ok: false, reason: 'held', owner: 'Ada' })
    expect(editor.owner(stage.machine.reading([editor.reads()]))).toBe('Ada')
    expect(await ada.editor.release()).toEqual({ ok: true })
    expect(await bob.editor.acquire()).toEqual({ ok: true })
    expect(editor.owner(stage.value)).toBe('Bob')
  })

  it('may be acquired again by who holds it', async () => {
    const ada = stageOf(state).as('Ada')
    await ada.editor.acquire()
    expect(await ada.editor.acquire()).toEqual({ ok: true })
  })

  it('is released by its owner alone', async () => {
    const stage = stageOf(state)
    expect(await stage.as('Bob').editor.release()).toEqual({ ok: false, reason: 'free' })
    await stage.as('Ada').editor.acquire()
    expect(await stage.as('Bob').editor.release()).toEqual({ ok: false, reason: 'held', owner: 'Ada' })
    expect(editor.owner(stage.value)).toBe('Ada')
  })

  it('is ended for its owner by whom a mutator allows it', async () => {
    const stage = stageOf(state)
    await stage.as('Ada').editor.acquire()
    expect(await stage.as('Bob').takeOver()).toEqual({ ok: false, reason: 'not-the-chair' })
    expect(editor.owner(stage.value)).toBe('Ada')
    expect(await stage.as('the chair').takeOver()).toEqual({ ok: true })
    expect(editor.owner(stage.value)).toBe('the chair')
  })
})
