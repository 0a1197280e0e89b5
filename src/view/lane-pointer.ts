export interface LanePointerOptions {
  readonly positionMs: () => number
  readonly msPerPixel: () => number
  /** The pointer is somewhere else, or gone. */
  readonly onHover: () => void
  readonly onTap: (x: number, y: number, reach: number, at: PointerEvent) => void
  readonly onSeek: (ms: number) => void
}

/** So many pixels from an arrow is still at it; a finger is wider than a mouse's arrow. */
const MOUSE_REACH = 7
const TOUCH_REACH = 16

/** A pointer that moves less than this, in pixels, between down and up has tapped. */
const TAP = 5

/** Pointing, tapping, dragging and wheeling. Time is dragged as paper is: to the right shows what was before. */
export class LanePointer {
  readonly #stage: HTMLElement
  readonly #options: LanePointerOptions
  readonly #gone = new AbortController()
  #grip: { readonly id: number; readonly x: number; readonly ms: number; moved: boolean } | undefined
  #at: { readonly x: number; readonly y: number; readonly reach: number } | undefined

  constructor(stage: HTMLElement, options: LanePointerOptions) {
    this.#stage = stage
    this.#options = options
    const { signal } = this.#gone
    stage.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    stage.addEventListener('pointermove', (event) => this.#move(event), { signal })
    stage.addEventListener('pointerup', (event) => this.#up(event), { signal })
    stage.addEventListener('pointercancel', () => this.#leave(), { signal })
    stage.addEventListener('pointerleave', () => this.#leave(), { signal })
    stage.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false })
  }

  /** What is pointed at, in the drawing's own pixels; nothing while it is dragged. */
  get at(): { readonly x: number; readonly y: number; readonly reach: number } | undefined {
    return this.#grip?.moved === true ? undefined : this.#at
  }

  destroy(): void {
    this.#gone.abort()
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return
    this.#grip = { id: event.pointerId, x: event.clientX, ms: this.#options.positionMs(), moved: false }
    this.#point(event)
  }

  #move(event: PointerEvent): void {
    this.#point(event)
    const grip = this.#grip
    if (grip === undefined || grip.id !== event.pointerId) return
    const right = event.clientX - grip.x
    if (!grip.moved && Math.abs(right) < TAP) return
    if (!grip.moved) {
      grip.moved = true
      this.#stage.setPointerCapture(event.pointerId)
      this.#stage.classList.add('dragged')
    }
    this.#options.onSeek(grip.ms - right * this.#options.msPerPixel())
  }

  #up(event: PointerEvent): void {
    const tapped = this.#grip?.moved === false && this.#grip.id === event.pointerId
    this.#release()
    const { at } = this
    if (tapped && at !== undefined) this.#options.onTap(at.x, at.y, at.reach, event)
  }

  #point(event: PointerEvent): void {
    const { left, top } = this.#stage.getBoundingClientRect()
    const reach = event.pointerType === 'mouse' ? MOUSE_REACH : TOUCH_REACH
    this.#at = { x: event.clientX - left, y: event.clientY - top, reach }
    this.#options.onHover()
  }

  #leave(): void {
    this.#release()
    this.#at = undefined
    this.#options.onHover()
  }

  #release(): void {
    this.#grip = undefined
    this.#stage.classList.remove('dragged')
  }

  /** Up and down is the page's; to the sides, or with the shift key, it is time's. */
  #wheel(event: WheelEvent): void {
    const right = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX
    if (Math.abs(right) <= Math.abs(event.shiftKey ? 0 : event.deltaY) || event.ctrlKey) return
    event.preventDefault()
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? right * LINE : right
    this.#options.onSeek(this.#options.positionMs() + pixels * this.#options.msPerPixel())
  }
}

/** A wheel that counts in lines. */
const LINE = 16
