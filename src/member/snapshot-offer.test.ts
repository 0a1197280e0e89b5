import { expect, it } from 'vitest'
import { Encoding } from './encoding.js'
import type { MemberMessage } from './message.js'
import { SnapshotOffers } from './snapshot-offer.js'
import { idOf } from './stage.js'

it('a snapshot is offered only as long as what comes after it can be told here: else a new one is made [H20]', () => {
  const configuration = { number: 0, voters: [idOf('a')], wireVersion: 4, stateVersion: 1 }
  const said: MemberMessage[] = []
  let executed = 5
  let dropped = 0
  const offers = new SnapshotOffers({
    send: (_, message) => said.push(message),
    freeze: () => new Encoding(configuration, { frontier: [executed], beyond: [[]] }, [new Uint8Array(3)]),
    goesOn: ({ frontier }) => dropped <= (frontier[0] ?? 0),
  })
  const offered = (nowMs: number): readonly (readonly [number, number | undefined])[] => {
    said.length = 0
    offers.asked(idOf('d'), { kind: 'want-snapshot', cut: undefined })
    offers.tick(nowMs, 1 << 20)
    return said.flatMap((message) =>
      message.kind === 'offer' ? [[message.snapshot, message.header.executed.frontier[0]] as const] : [],
    )
  }
  expect(offered(0)).toEqual([[1, 5]])
  executed = 9
  dropped = 5
  expect(offered(100)).toEqual([[1, 5]])
  dropped = 6
  expect(offered(200)).toEqual([[2, 9]])
})
