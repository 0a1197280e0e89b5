/** One drawing of a canvas, whose lengths are CSS pixels. */
export interface Frame {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  /** Device pixels per CSS pixel. */
  readonly ratio: number
  /** On the clock of requestAnimationFrame. */
  readonly nowMs: number
}

/**
 * A canvas that is as large as its element is laid out, on any screen, and is drawn at most once per frame: when its
 * size has changed, and when asked to. It says nothing to a screen reader.
 */
export class Canvas {
  readonly element: HTMLCanvasElement = document.createElement('canvas')
  readonly #context: CanvasRenderingContext2D | null = this.element.getContext('2d', { alpha: false })
  readonly #paperOf: () => string
  readonly #paint: (frame: Frame) => void
  readonly #resized = new ResizeObserver((entries) => this.#resize(entries))
  #resolution: MediaQueryList | undefined
  #frame: number | undefined
  /** As it is laid out. To ask the element in each frame would have the page laid out once more in each. */
  #width = 0
  #height = 0

  /**
   * @param paperOf the colour that it is drawn onto: what shows nothing of what is below it is put on the screen quicker
   * @param paint draws all of it; where something moves, it asks for the next frame with `ask`
   */
  constructor(paperOf: () => string, paint: (frame: Frame) => void) {
    this.#paperOf = paperOf
    this.#paint = paint
    this.element.setAttribute('aria-hidden', 'true')
    // Calls at once, too: before the first paint of the page.
    this.#resized.observe(this.element)
    this.#watchResolution()
  }

  /** Draws with the next frame, however often it is asked until then. */
  ask(): void {
    this.#frame ??= requestAnimationFrame((nowMs) => this.#draw(nowMs))
  }

  /** Whether a drawing has been asked for. */
  get asked(): boolean {
    return this.#frame !== undefined
  }

  destroy(): void {
    this.#resized.disconnect()
    this.#resolution?.removeEventListener('change', this.#rescaled)
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.element.remove()
  }

  #resize(entries: readonly ResizeObserverEntry[]): void {
    const size = entries.at(-1)?.contentRect
    if (size === undefined) return
    this.#width = Math.round(size.width)
    this.#height = Math.round(size.height)
    this.#draw(performance.now())
  }

  #draw(nowMs: number): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    const context = this.#context
    const ratio = devicePixelRatio
    const { element } = this
    const [width, height] = [this.#width, this.#height]
    // Some browsers give none, where there is no memory left.
    if (context === null || width === 0 || height === 0) return
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (element.width !== across || element.height !== down) {
      element.width = across
      element.height = down
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.fillStyle = this.#paperOf()
    context.fillRect(0, 0, width, height)
    this.#paint({ context, width, height, ratio, nowMs })
  }

  /** A media query asks for one resolution: after each change it is another one. */
  #watchResolution(): void {
    this.#resolution = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
    this.#resolution.addEventListener('change', this.#rescaled, { once: true })
  }

  readonly #rescaled = (): void => {
    this.#watchResolution()
    this.ask()
  }
}
