import { deedInWords, LabWorld } from 'epaxos/sim'
import { drawGrid, drawLanes, type Grid, type GridContent, type Lanes, type LanesContent } from 'epaxos/view'
import { button, element, setText } from '../elements.js'
import { LaneSpans } from '../run/lane-spans.js'
import { replicaName, stateWords } from '../run/words.js'
import { captionAt, END_MS, SETUP, STEPS, STILL_MS } from './story.js'

/** A message takes 50 ms, and this long on the page. */
const SLOWER = 12

/** How long the end stays to be looked at. */
const REST_MS = 4000

const WINDOW_MS = 620

/** More than there are in a row. */
const COLUMNS = 8

/** After a pause of the page, no more than this is made up for. */
const MAX_FRAME_MS = 100

/** A small run of the real thing, over and over, which a visitor can stop. */
export class Living {
  readonly element: HTMLElement
  readonly #world = new LabWorld(SETUP)
  readonly #spans = new LaneSpans(this.#world.chronicle)
  readonly #lanes: Lanes
  readonly #grid: Grid
  readonly #caption = element('figcaption')
  readonly #button = button('Pause', () => this.#play(!this.#playing))
  #positionMs = 0
  #restedMs = 0
  #playing = false
  #frame: number | undefined
  #frameAtMs = 0

  constructor() {
    for (const { atMs, action } of STEPS) {
      this.#world.runUntil(atMs)
      this.#world.act(action)
    }
    this.#world.runUntil(END_MS)
    const lanes = element('section', { ariaLabel: 'Messages' })
    const grid = element('section', { ariaLabel: 'Changes, and what they depend on' })
    const bar = element('div', { className: 'front-told' }, this.#caption, this.#button)
    this.element = element('figure', { className: 'front-living' }, bar, lanes, grid)
    const onPoint = (key: string | undefined): void => {
      this.#lanes.light(key)
      this.#grid.light(key)
    }
    const onSeek = (ms: number): void => this.#seek(ms)
    this.#lanes = drawLanes(lanes, this.#lanesContent(), { onPoint, onSeek, legend: false })
    this.#grid = drawGrid(grid, this.#gridContent(), {
      onPoint,
      legend: false,
      sentenceOf: ({ instance }) => deedInWords(this.#world.chronicle, 0, instance, this.#positionMs),
    })
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (still) this.#positionMs = STILL_MS
    this.#draw()
    this.#play(!still)
  }

  close(): void {
    this.#play(false)
    this.#lanes.destroy()
    this.#grid.destroy()
  }

  #lanesContent(): LanesContent {
    const { chronicle } = this.#world
    const lanes = chronicle.members(this.#positionMs).map(({ replica, state }) => ({
      name: replicaName(replica),
      aside: state === 'up' ? '' : stateWords[state],
      state,
      spans: this.#spans.of(replica),
    }))
    const { flights, happenings, cuts } = chronicle
    return { lanes, flights, happenings, cuts, positionMs: this.#positionMs, windowMs: WINDOW_MS, background: false }
  }

  #gridContent(): GridContent {
    const names = Array.from({ length: SETUP.voters }, (_, replica) => replicaName(replica))
    const rows = this.#world.chronicle.rows('all', 0, this.#positionMs, COLUMNS)
    return { rows, voters: names, self: undefined, names }
  }

  /** Whoever looks for a moment stays there. */
  #seek(ms: number): void {
    this.#restedMs = 0
    this.#positionMs = Math.min(END_MS, Math.max(0, ms))
    this.#play(false)
    this.#draw()
  }

  #play(playing: boolean): void {
    this.#playing = playing
    setText(this.#button, playing ? 'Pause' : 'Play')
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frameAtMs = performance.now()
    this.#frame = playing ? requestAnimationFrame((nowMs) => this.#next(nowMs)) : undefined
  }

  #next(nowMs: number): void {
    const passedMs = Math.min(MAX_FRAME_MS, Math.max(0, nowMs - this.#frameAtMs))
    this.#frameAtMs = nowMs
    this.#frame = requestAnimationFrame((later) => this.#next(later))
    if (this.#positionMs < END_MS) this.#positionMs = Math.min(END_MS, this.#positionMs + passedMs / SLOWER)
    else if (this.#restedMs < REST_MS) this.#restedMs += passedMs
    else this.#positionMs = this.#restedMs = 0
    this.#draw()
  }

  #draw(): void {
    setText(this.#caption, captionAt(this.#positionMs))
    this.#lanes.update(this.#lanesContent())
    this.#grid.update(this.#gridContent())
  }
}
