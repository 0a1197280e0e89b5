import { expect, test } from 'vitest'
import type { Note } from './note.js'
import { NoteDraft } from './note-draft.js'

/** A note in a map, whose changes are executed one by one when the test says so. */
class SharedMap {
  note: Note | undefined = { text: '', x: 50, y: 50, colour: 1 }
  readonly sent: Partial<Note>[] = []
  readonly #waiting: (() => void)[] = []

  readonly now = (): Note | undefined => this.note

  readonly change = (part: Partial<Note>): Promise<boolean> => {
    this.sent.push(part)
    return new Promise((resolve) => this.#waiting.push(() => resolve(this.note !== undefined)))
  }

  /** @param outcome what the map has then */
  async execute(outcome: Note | undefined): Promise<void> {
    this.note = outcome
    this.#waiting.shift()?.()
    await Promise.resolve()
  }
}

const begin = (): {
  readonly map: SharedMap
  readonly draft: NoteDraft
  readonly shown: Note[]
  readonly note: Note
} => {
  const map = new SharedMap()
  const note: Note = { text: '', x: 50, y: 50, colour: 1 }
  const shown: Note[] = []
  const draft: NoteDraft = new NoteDraft(note, map, () => shown.push(draft.note))
  return { map, draft, shown, note }
}

test('what was executed stays until the map is drawn again: nothing jumps back, and the next step goes on from there', async () => {
  const { map, draft, shown, note } = begin()
  draft.change({ x: 42, text: 'bring' })
  await map.execute({ ...note, x: 42, text: 'bring' })
  await Promise.resolve()
  expect(shown.map(({ x, text }) => [x, text])).toEqual([
    [42, 'bring'],
    [42, 'bring'],
  ])
  draft.change({ x: draft.note.x - 8, text: `${draft.note.text} cake` })
  expect(draft.note).toMatchObject({ x: 34, text: 'bring cake' })
  expect(map.sent.at(-1)).toEqual({ x: 34, text: 'bring cake' })
})

test('one change is under way at a time, and what is done meanwhile is on top of what is drawn, and sent next', async () => {
  const { map, draft, note } = begin()
  draft.change({ x: 1 })
  draft.change({ x: 2 })
  draft.change({ x: 3, y: 4 })
  draft.take({ ...note, x: 1, text: 'of another' })
  expect(draft.note).toEqual({ ...note, x: 3, y: 4, text: 'of another' })
  expect(map.sent).toEqual([{ x: 1 }])
  await map.execute({ ...note, x: 1, text: 'of another' })
  expect(map.sent).toEqual([{ x: 1 }, { x: 3, y: 4 }])
})

test('what could not be done is over: the map is right, and where the note is gone, it is shown as it was last', async () => {
  const { map, draft, note } = begin()
  draft.change({ x: 1 })
  await map.execute({ ...note, x: 70 })
  await Promise.resolve()
  expect(draft.note.x).toBe(70)
  draft.change({ x: 1 })
  await map.execute(undefined)
  await Promise.resolve()
  expect(draft.note.x).toBe(70)
})
