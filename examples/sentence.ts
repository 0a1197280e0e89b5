import type { RoomStatus } from 'epaxos'

/** What a visitor should know of a room, in a sentence or two. */
export const sentenceOf = ({ role, reason, pending, waiting, advice }: RoomStatus): string => {
  if (role === 'stopped' || role === 'closed')
    return `This page takes part no more: ${reason ?? 'the room was closed'}.`
  if (pending > 0 && waiting !== undefined) return `${count(pending)} kept here until others are back: ${waiting}.`
  if (role === 'joining') return 'Coming in: waiting for somebody who is there already …'
  return advice ?? (pending > 0 ? `${count(pending)} on the way …` : 'Everything is shared.')
}

const count = (changes: number): string => (changes === 1 ? '1 change' : `${changes} changes`)
