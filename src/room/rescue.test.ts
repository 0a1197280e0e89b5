import { describe, expect, it } from 'vitest'
import type { KeptProposal } from '../member/index.js'
import { rescued } from './rescue.js'

const idOf = (number: number): string => number.toString(16).padStart(32, '0')

/** One that was sent in this session. */
const placed = (session: number, sequence: number, ...after: number[]): KeptProposal => ({
  id: idOf(100 * session + sequence),
  spans: [],
  payload: new Uint8Array(),
  place: { session: idOf(session), sequence, acknowledged: 0, after },
})

const unplaced: KeptProposal = { ...placed(9, 9), id: idOf(7), place: undefined }

describe('what waits in a damaged storage', () => {
  it('goes on where it has a place, under which it is executed once', () => {
    const proposals = [placed(1, 1), placed(1, 2), placed(2, 1)]
    expect(rescued({ proposals, lost: 0 })).toEqual({ trusted: proposals, left: 0 })
  })

  it('stays behind where it has none: it may have got one that the storage has forgotten', () => {
    expect(rescued({ proposals: [placed(1, 1), unplaced], lost: 0 })).toEqual({ trusted: [placed(1, 1)], left: 1 })
  })

  it('goes on after what was answered, as long as all is there that was not', () => {
    const proposals = [placed(1, 5, 3, 4)]
    expect(rescued({ proposals, lost: 0 })).toEqual({ trusted: proposals, left: 0 })
  })

  it('stays behind where it comes after something that may be lost, and so does what comes after it', () => {
    const proposals = [placed(1, 1), placed(1, 3, 2), placed(1, 4, 3), placed(1, 5, 1), placed(2, 3, 1)]
    expect(rescued({ proposals, lost: 1 })).toEqual({ trusted: [placed(1, 1), placed(1, 5, 1)], left: 4 })
  })

  it('is at least as much as can be seen, where nobody knows how much there was', () => {
    expect(rescued({ proposals: [], lost: undefined })).toEqual({ trusted: [], left: 0 })
  })
})
