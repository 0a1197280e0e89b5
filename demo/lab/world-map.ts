import './world-map.css'
import type { AwsRegion, Chronicle, Flight, MemberView } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { cityNames, replicaName, stateWords } from '../run/words.js'
import { CutByHand } from './world-map-cut.js'
import { Discs } from './world-map-discs.js'
import { Dots } from './world-map-dots.js'
import { Ground } from './world-map-ground.js'
import { LineAcross } from './world-map-line.js'
import {
  circleHeight,
  isOnMap,
  mapHeight,
  type Placed,
  placeOnCircle,
  placeOnMap,
  westToEast,
} from './world-map-places.js'

export interface WorldMapContent {
  readonly members: readonly MemberView[]
  /** Those that last at the moment that is looked at. */
  readonly cuts: Chronicle['cuts']
  /** Those that are under way then. */
  readonly flights: readonly Flight[]
  readonly positionMs: number
}

export interface WorldMapActs {
  onMove(replica: number, city: AwsRegion): void
  /** Two sides, neither of which is empty. */
  onCut(sides: readonly (readonly number[])[]): void
}

export interface WorldMap {
  update(content: WorldMapContent): void
  destroy(): void
}

/**
 * Draws where everybody is, and what is on its way: on a map where members are in cities, on a circle where each is as far
 * from every other. Discs are dragged to other cities, and a line across cuts one side off from the other.
 */
export const drawWorldMap = (parent: HTMLElement, acts: WorldMapActs): WorldMap => new DrawnMap(parent, acts)

/** Before it is laid out. */
const FIRST_WIDTH = 330

class DrawnMap implements WorldMap {
  readonly #root = named('world-map', element('div', { className: 'lab-map' }))
  readonly #stage = element('div', { className: 'lab-map-stage' })
  readonly #said = element('p', { className: 'lab-map-said', role: 'status' })
  readonly #menu = element('div', { className: 'lab-map-menu', role: 'group', hidden: true })
  readonly #ground = new Ground()
  readonly #dots = new Dots()
  readonly #discs: Discs
  readonly #line: LineAcross
  readonly #byHand: CutByHand
  readonly #cut: HTMLButtonElement
  readonly #acts: WorldMapActs
  readonly #resized = new ResizeObserver(() => this.#draw())
  #content: WorldMapContent = { members: [], cuts: [], flights: [], positionMs: 0 }
  #placed: readonly Placed[] = []
  /** What all but the dots was drawn from. */
  #drawn = ''

  constructor(parent: HTMLElement, acts: WorldMapActs) {
    this.#acts = acts
    this.#discs = new Discs(this.#stage, {
      onMove: (replica, city) => this.#move(replica, city),
      onChoose: (replica) => this.#openMenu(replica),
    })
    this.#line = new LineAcross(this.#stage, () => this.#placed, {
      onLine: (sides) => this.#cutOff(sides),
      onPreview: (side) => this.#discs.mark(side),
    })
    this.#byHand = new CutByHand((sides) => this.#cutOff(sides))
    this.#cut = named(
      'partition',
      button('Partition…', () => this.#partition(this.#cut.ariaPressed !== 'true')),
    )
    this.#cut.ariaPressed = 'false'
    this.#stage.append(this.#ground.element, this.#dots.element, this.#discs.element, this.#line.element)
    this.#root.append(this.#stage, this.#menu, this.#cut, this.#said, this.#byHand.element)
    parent.append(this.#root)
    this.#resized.observe(this.#stage)
  }

  update(content: WorldMapContent): void {
    this.#content = content
    this.#draw()
  }

  destroy(): void {
    this.#resized.disconnect()
    this.#discs.destroy()
    this.#line.destroy()
    this.#root.remove()
  }

  #draw(): void {
    const { members, cuts, flights, positionMs } = this.#content
    const width = this.#stage.clientWidth || FIRST_WIDTH
    const there = members.filter(({ state }) => state !== 'gone')
    const seen = there.map(({ replica, city, state, role }) => [replica, city, state, role])
    const drawn = JSON.stringify([width, seen, cuts.map(({ sides }) => sides)])
    if (drawn !== this.#drawn) {
      this.#drawn = drawn
      this.#place(there, width)
    }
    this.#dots.update(flights, this.#placed, positionMs)
  }

  #place(members: readonly MemberView[], width: number): void {
    const { cuts } = this.#content
    const onMap = isOnMap(members)
    const height = onMap ? mapHeight(width) : circleHeight(width)
    this.#stage.style.height = `${height}px`
    this.#placed = onMap ? placeOnMap(members, width) : placeOnCircle(members, width)
    this.#ground.update(members, this.#placed, cuts, width, height, onMap)
    this.#dots.resize(width, height)
    this.#discs.update(members, this.#placed, width, onMap)
    this.#byHand.update(members.map(({ replica }) => replica))
    this.#cut.disabled = members.length < 2
  }

  #move(replica: number, city: AwsRegion): void {
    this.#menu.hidden = true
    const before = this.#content.members.find((member) => member.replica === replica)?.city
    if (before === city) return
    this.#acts.onMove(replica, city)
    setText(this.#said, `${replicaName(replica)} moves to ${cityNames[city]}.`)
  }

  /** Another way to another city, without dragging. */
  #openMenu(replica: number): void {
    const member = this.#content.members.find((one) => one.replica === replica)
    if (member === undefined) return
    const name = replicaName(replica)
    this.#menu.ariaLabel = `Move ${name} to`
    const choices = westToEast.map((city) => {
      const choice = button(cityNames[city], () => {
        this.#move(replica, city)
        this.#discs.focus(replica)
      })
      choice.disabled = city === member.city
      return choice
    })
    const close = button('Close', () => {
      this.#menu.hidden = true
      this.#discs.focus(replica)
    })
    const how = member.state === 'up' ? '' : ` (${stateWords[member.state]})`
    this.#menu.replaceChildren(element('span', { textContent: `Move ${name}${how} to` }), ...choices, close)
    this.#menu.hidden = false
    choices.find(({ disabled }) => !disabled)?.focus()
  }

  #partition(on: boolean): void {
    this.#cut.ariaPressed = String(on)
    this.#line.isOn = on
    this.#byHand.element.hidden = !on
    setText(this.#said, on ? 'Draw a line across the picture, or choose below who is cut off from the others.' : '')
  }

  #cutOff(sides: readonly (readonly number[])[]): void {
    if (sides.some(({ length }) => length === 0)) {
      return setText(this.#said, 'Everybody is on one side of that: there has to be somebody on each.')
    }
    this.#partition(false)
    this.#acts.onCut(sides)
  }
}
