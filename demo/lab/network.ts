import type { Chronicle, LabSession, MemberView } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { replicaName } from '../run/words.js'
import { folding } from './controls.js'
import type { Desk, Panel } from './panel.js'
import { drawWorldMap, type WorldMap } from './world-map.js'

/** Where everybody is, who can't reach whom, and what is on its way just now. */
export class Network implements Panel {
  readonly root: HTMLDetailsElement
  readonly #map: WorldMap
  readonly #heal: HTMLButtonElement
  #session: LabSession | undefined
  readonly #said = named('cut', element('p', { className: 'lead' }))

  constructor(desk: Desk) {
    const place = element('div')
    this.#map = drawWorldMap(place, {
      onMove: (replica, city) => desk.act({ kind: 'move', replica, city }),
      onCut: (sides) => desk.act({ kind: 'cut', sides }),
    })
    this.#heal = named(
      'heal',
      button('Heal the network', () => desk.act({ kind: 'heal' })),
    )
    this.root = folding('Network', 'beside', place, this.#said, this.#heal)
    this.root.addEventListener('toggle', () => {
      if (this.#session !== undefined) this.update(this.#session)
    })
  }

  update(session: LabSession): void {
    this.#session = session
    if (!this.root.open) return
    const { positionMs } = session
    const { chronicle } = session.world
    const cuts = chronicle.cuts.filter(
      ({ fromMs, untilMs }) => fromMs <= positionMs && (untilMs ?? Number.POSITIVE_INFINITY) > positionMs,
    )
    const flights = chronicle.flights.filter(
      ({ sentMs, endMs, background }) => !background && sentMs <= positionMs && positionMs < endMs,
    )
    const members = chronicle.members(positionMs)
    this.#map.update({ members, cuts, flights, positionMs })
    this.#heal.disabled = cuts.length === 0
    setText(
      this.#said,
      cuts.length === 0 ? 'Everybody reaches everybody.' : `Nothing passes between ${sidesOf(cuts, members)}.`,
    )
  }

  destroy(): void {
    this.#map.destroy()
  }
}

/** Who is on no side is alone: R0, R2 | R1 | R3 */
const sidesOf = (cuts: Chronicle['cuts'], members: readonly MemberView[]): string => {
  const sides = cuts.at(-1)?.sides ?? []
  const alone = members.flatMap(({ replica }) => (sides.some((side) => side.includes(replica)) ? [] : [[replica]]))
  return [...sides, ...alone].map((side) => side.map(replicaName).join(', ')).join(' | ')
}
