import { defineState, list, type Reading, refuse } from 'epaxos'

export type Todo = { readonly text: string; readonly done: boolean }

const MAX_TEXT_LENGTH = 200

const items = list<Todo>('todo')

/** In the order in which people have put them. */
export const todosIn = (state: Reading) => items.items(state)

/**
 * Each to-do has an id of its own from the moment it is written down: what is ticked off offline is that one, wherever it
 * has been moved meanwhile. Texts are looked at one by one, so that two people who work on different ones never wait.
 */
export const todos = defineState({
  version: 1,
  mutators: {
    add: {
      touches: (_: { text: string }) => [items.touches()],
      run(tx, { text }) {
        const trimmed = text.trim()
        if (trimmed === '' || trimmed.length > MAX_TEXT_LENGTH) return refuse('unfit text')
        return items.insert(tx, { text: trimmed, done: false }, 'last')
      },
    },
    tick: {
      touches: ({ id }: { id: string; done: boolean }) => [items.touches(id)],
      run(tx, { id, done }) {
        const todo = items.get(tx, id)
        // Somebody has removed it.
        if (todo === undefined) return refuse('gone')
        return items.set(tx, id, { ...todo, done })
      },
    },
    remove: items.mutators.remove,
    moveUp: {
      touches: (_: { id: string }) => [items.touches()],
      run(tx, { id }) {
        const all = items.items(tx)
        const at = all.findIndex((item) => item.id === id)
        if (at === -1) return refuse('gone')
        const before = all[at - 2]
        return items.move(tx, id, before === undefined ? 'first' : { after: before.id })
      },
    },
  },
})
