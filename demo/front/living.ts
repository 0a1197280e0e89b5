import { LabWorld } from 'epaxos/sim'
import { button, element, setText } from '../elements.js'
import type { Moment } from '../run/content.js'
import { Picture } from '../run/picture.js'
import { Player } from '../run/player.js'
import { captionAt, END_MS, SETUP, STEPS, STILL_MS } from './story.js'

/** A message takes 50 ms, and this long on the page. */
const SLOWER = 12

/** How long the end stays to be looked at, as if the run went on. */
const REST_MS = 4000 / SLOWER

const WINDOW_MS = 620

/** A small run of the real thing, over and over, which a visitor can stop. */
export class Living {
  readonly element: HTMLElement
  readonly #world = new LabWorld(SETUP)
  readonly #picture: Picture
  readonly #caption = element('figcaption')
  readonly #button = button('Pause', () => this.#play(!this.#player.playing))
  readonly #run = {
    positionMs: 0,
    advance(byMs: number): void {
      this.positionMs = Math.min(END_MS + REST_MS, this.positionMs + byMs)
    },
  }
  readonly #player = new Player(
    () => this.#run,
    () => this.#draw(),
    () => this.#again(),
  )

  constructor() {
    for (const { atMs, action } of STEPS) {
      this.#world.runUntil(atMs)
      this.#world.act(action)
    }
    this.#world.runUntil(END_MS)
    this.#player.speed = 1 / SLOWER
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    if (still) this.#run.positionMs = STILL_MS
    this.#picture = new Picture(this.#moment, (ms) => this.#seek(ms), { legend: false })
    const bar = element('div', { className: 'front-told' }, this.#caption, this.#button)
    this.element = element('figure', { className: 'front-living' }, bar, this.#picture.root)
    this.#draw()
    this.#play(!still)
  }

  close(): void {
    this.#player.pause()
    this.#picture.destroy()
  }

  get #moment(): Moment {
    return { world: this.#world, positionMs: Math.min(END_MS, this.#run.positionMs), windowMs: WINDOW_MS }
  }

  #again(): void {
    this.#run.positionMs = 0
    this.#player.play()
  }

  /** Whoever looks for a moment stays there. */
  #seek(ms: number): void {
    this.#run.positionMs = Math.min(END_MS, Math.max(0, ms))
    this.#play(false)
    this.#draw()
  }

  #play(playing: boolean): void {
    setText(this.#button, playing ? 'Pause' : 'Play')
    if (playing) this.#player.play()
    else this.#player.pause()
  }

  #draw(): void {
    setText(this.#caption, captionAt(this.#run.positionMs))
    this.#picture.update(this.#moment)
  }
}
