import { defineState, refuse, write } from 'epaxos'

export const ROWS: readonly string[] = ['A', 'B', 'C', 'D', 'E', 'F']
export const SEATS_PER_ROW = 8

export const keyOf = (seat: string): string => `seat/${seat}`

/** `B4`, and nothing that this hall does not have: arguments come from other people's browsers. */
const isSeat = (seat: string): boolean => /^[A-F][1-8]$/.test(seat)

/** Each seat is a key, and holds the name of whose it is. Claims of different seats do not wait for each other. */
export const seats = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: string }) => [write(keyOf(seat))],
      run(tx, { seat }) {
        if (!isSeat(seat)) return refuse('no such seat')
        const by = tx.get<string>(keyOf(seat))
        if (by !== undefined) return refuse('taken', { by })
        tx.set(keyOf(seat), tx.author)
        return { ok: true } as const
      },
    },
    giveBack: {
      touches: ({ seat }: { seat: string }) => [write(keyOf(seat))],
      run(tx, { seat }) {
        // Who may do what is decided here, where everybody decides the same.
        if (tx.get(keyOf(seat)) !== tx.author) return refuse('not yours')
        tx.delete(keyOf(seat))
        return { ok: true } as const
      },
    },
  },
})
