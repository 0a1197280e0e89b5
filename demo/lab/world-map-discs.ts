import type { AwsRegion, MemberView } from 'epaxos/sim'
import { button, element, named } from '../elements.js'
import { cityNames, replicaName, stateWords } from '../run/words.js'
import { cityBeside, nearestCity, type Placed, type Point } from './world-map-places.js'

export interface DiscActs {
  onMove(replica: number, city: AwsRegion): void
  /** Clicked, tapped, or pressed. */
  onChoose(replica: number): void
}

/** A pointer that moves less than this, in pixels, has clicked. */
const CLICK = 5

/** Everybody, as a button that is dragged: to a city, on the map. */
export class Discs {
  readonly element: HTMLElement = element('div', { className: 'lab-map-discs' })
  readonly #stage: HTMLElement
  readonly #acts: DiscActs
  readonly #gone = new AbortController()
  readonly #discs = new Map<number, HTMLElement>()
  readonly #cities = new Map<number, AwsRegion>()
  #placed: readonly Placed[] = []
  #width = 0
  /** The pointer that was just lifted had moved a disc. */
  #dragged = false
  #grip: { readonly replica: number; readonly x: number; readonly y: number; moved: boolean } | undefined

  constructor(stage: HTMLElement, acts: DiscActs) {
    this.#stage = stage
    this.#acts = acts
    const { signal } = this.#gone
    this.element.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    this.element.addEventListener('pointermove', (event) => this.#move(event), { signal })
    this.element.addEventListener('pointerup', (event) => this.#up(event), { signal })
    this.element.addEventListener('pointercancel', () => this.#release(), { signal })
    this.element.addEventListener('keydown', (event) => this.#press(event), { signal })
  }

  /** @param movable whether there are cities to move to */
  update(members: readonly MemberView[], placed: readonly Placed[], width: number, movable: boolean): void {
    this.#width = width
    this.#placed = placed
    for (const [replica, disc] of this.#discs) {
      const stays = disc instanceof HTMLButtonElement === movable && members.some((one) => one.replica === replica)
      if (stays) continue
      disc.remove()
      this.#discs.delete(replica)
    }
    for (const { replica, city, state, role } of members) {
      const disc = this.#discs.get(replica) ?? this.#newDisc(replica, movable)
      const place = placed.find((one) => one.replica === replica)
      if (city === undefined) this.#cities.delete(replica)
      else this.#cities.set(replica, city)
      disc.dataset.state = state
      disc.dataset.role = role
      const how = [city === undefined ? '' : cityNames[city], stateWords[state], role].filter((part) => part !== '')
      disc.title = `${replicaName(replica)}: ${how.join(', ')}`
      disc.ariaLabel = movable ? `Move ${disc.title}` : null
      if (place !== undefined && this.#grip?.replica !== replica) putAt(disc, place)
    }
  }

  /** Shows on which side of a line each is; undefined: there is none. */
  mark(side: ((replica: number) => number) | undefined): void {
    for (const [replica, disc] of this.#discs) {
      if (side === undefined) delete disc.dataset.side
      else disc.dataset.side = String(side(replica))
    }
  }

  focus(replica: number): void {
    this.#discs.get(replica)?.focus()
  }

  destroy(): void {
    this.#gone.abort()
    this.element.remove()
  }

  #newDisc(replica: number, movable: boolean): HTMLElement {
    const name = replicaName(replica)
    const made = movable ? button(name, () => this.#click(replica)) : element('span', { textContent: name })
    made.className = 'lab-map-disc'
    made.dataset.replica = String(replica)
    this.#discs.set(replica, made)
    this.element.append(named(`disc-${replica}`, made))
    return made
  }

  #click(replica: number): void {
    // A drag ends with a click, too.
    if (!this.#dragged) this.#acts.onChoose(replica)
    this.#dragged = false
  }

  #down(event: PointerEvent): void {
    const disc = event.target instanceof HTMLButtonElement ? event.target : undefined
    const replica = Number(disc?.dataset.replica)
    if (disc === undefined || Number.isNaN(replica) || event.button !== 0) return
    disc.setPointerCapture(event.pointerId)
    this.#dragged = false
    this.#grip = { replica, x: event.clientX, y: event.clientY, moved: false }
  }

  #move(event: PointerEvent): void {
    const grip = this.#grip
    if (grip === undefined) return
    if (Math.hypot(event.clientX - grip.x, event.clientY - grip.y) >= CLICK) grip.moved = true
    const disc = this.#discs.get(grip.replica)
    if (!grip.moved || disc === undefined) return
    disc.classList.add('lab-map-dragged')
    putAt(disc, this.#pointOf(event))
  }

  #up(event: PointerEvent): void {
    const grip = this.#grip
    this.#release()
    if (grip?.moved !== true) return
    this.#dragged = true
    this.#acts.onMove(grip.replica, nearestCity(this.#pointOf(event), this.#width))
  }

  /** Back to where it is: if it moves, the next update says so. */
  #release(): void {
    const replica = this.#grip?.replica
    this.#grip = undefined
    const disc = replica === undefined ? undefined : this.#discs.get(replica)
    const place = this.#placed.find((one) => one.replica === replica)
    disc?.classList.remove('lab-map-dragged')
    if (disc !== undefined && place !== undefined) putAt(disc, place)
  }

  #pointOf({ clientX, clientY }: PointerEvent): Point {
    const { left, top } = this.#stage.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }

  #press(event: KeyboardEvent): void {
    this.#dragged = false
    const east = EAST[event.key]
    const replica = Number(event.target instanceof HTMLElement ? event.target.dataset.replica : undefined)
    const city = this.#cities.get(replica)
    if (east === undefined || city === undefined) return
    event.preventDefault()
    this.#acts.onMove(replica, cityBeside(city, east))
  }
}

const EAST: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

const putAt = (disc: HTMLElement, { x, y }: Point): void => {
  disc.style.left = `${x}px`
  disc.style.top = `${y}px`
}
