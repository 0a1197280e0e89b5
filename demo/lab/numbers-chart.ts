import type UPlot from 'uplot'
import { element, named, setText } from '../elements.js'
import type { Points } from './numbers-points.js'

const HEIGHT_PX = 200
/** Half a mark's width. */
const MARK_PX = 2.5
/** More than a canvas is high. */
const MAX_PX = 65_536
const FONT = '12px system-ui, sans-serif'

/** Each command a mark: when it was proposed, and how long it took. A dot without a leader, a hollow diamond with one. */
export class NumbersChart {
  readonly root: HTMLElement
  readonly #place = element('div', { className: 'numbers-chart', role: 'img' })
  readonly #dark = matchMedia('(prefers-color-scheme: dark)')
  readonly #resized = new ResizeObserver(() => this.#fit())
  #points: Points = [[], [], []]
  #plot: UPlot | undefined
  #isGone = false

  constructor() {
    this.root = element(
      'figure',
      { className: 'numbers-figure' },
      this.#place,
      element(
        'figcaption',
        {},
        'Each mark is a command. Across: when it was proposed, in seconds. Up: milliseconds that it took. ',
        key('here', 'no leader'),
        ' ',
        key('led', 'with a leader'),
      ),
    )
    named('numbers-chart', this.#place)
    this.#dark.addEventListener('change', this.#recolour)
    this.#resized.observe(this.#place)
    void this.#load()
  }

  /** @param said the same, for who does not see it */
  update(points: Points, said: string): void {
    this.#points = points
    this.#place.ariaLabel = said
    this.#plot?.setData(points)
  }

  destroy(): void {
    this.#isGone = true
    this.#dark.removeEventListener('change', this.#recolour)
    this.#resized.disconnect()
    this.#plot?.destroy()
    this.root.remove()
  }

  async #load(): Promise<void> {
    try {
      const [{ default: Plot }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')])
      if (this.#isGone) return
      this.#plot = new Plot(this.#options(), this.#points, this.#place)
      this.#fit()
    } catch {
      setText(this.#place, 'The chart can’t be loaded just now. The table says the same.')
    }
  }

  #options(): UPlot.Options {
    const axis = (size: number): UPlot.Axis => ({
      stroke: () => this.#colour('--quiet'),
      grid: { stroke: () => this.#colour('--rule'), width: 1 },
      ticks: { stroke: () => this.#colour('--rule'), width: 1, size: 4 },
      font: FONT,
      gap: 4,
      size,
    })
    const marks = (draw: Draw): UPlot.Series => ({
      paths: () => null,
      points: { show: (plot, series) => this.#mark(plot, series, draw) },
    })
    return {
      width: Math.max(this.#place.clientWidth, 1),
      height: HEIGHT_PX,
      padding: [8, 20, 8, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.05)] } },
      axes: [axis(26), axis(44)],
      series: [{}, marks(dots), marks(diamonds)],
    }
  }

  /** Returns nothing, so that no other marks are drawn. */
  #mark(plot: UPlot, series: number, draw: Draw): undefined {
    const { ctx, data } = plot
    const [xs, ys] = [data[0], data[series] ?? []]
    const colour = this.#colour(draw.colour)
    // The chart remembers what it has set, and would take this for its own.
    ctx.save()
    ctx.strokeStyle = colour
    ctx.fillStyle = colour
    ctx.lineWidth = devicePixelRatio
    /** Of thousands of commands many would be at the same place. */
    const taken = new Set<number>()
    for (const [at, ms] of ys.entries()) {
      const seconds = xs[at]
      if (seconds === undefined || typeof ms !== 'number') continue
      const x = Math.round(plot.valToPos(seconds, 'x', true))
      const y = Math.round(plot.valToPos(ms, 'y', true))
      const place = x * MAX_PX + y
      if (taken.has(place)) continue
      taken.add(place)
      draw.mark(ctx, x, y, MARK_PX * devicePixelRatio)
    }
    ctx.restore()
  }

  readonly #recolour = (): void => this.#plot?.redraw(false)

  #fit(): void {
    const width = this.#place.clientWidth
    if (width > 0 && this.#plot !== undefined && this.#plot.width !== width) {
      this.#plot.setSize({ width, height: HEIGHT_PX })
    }
  }

  #colour(property: string): string {
    return getComputedStyle(this.#place).getPropertyValue(property)
  }
}

/** How marks of one kind look. */
interface Draw {
  /** A custom property. */
  readonly colour: string
  readonly mark: (ctx: CanvasRenderingContext2D, x: number, y: number, r: number) => void
}

const dots: Draw = {
  colour: '--accent',
  mark: (ctx, x, y, r) => {
    ctx.beginPath()
    ctx.arc(x, y, r, 0, 2 * Math.PI)
    ctx.fill()
  },
}

const diamonds: Draw = {
  colour: '--none',
  mark: (ctx, x, y, r) => {
    // As large to the eye as a dot.
    const half = r * 1.4
    ctx.beginPath()
    ctx.moveTo(x, y - half)
    ctx.lineTo(x + half, y)
    ctx.lineTo(x, y + half)
    ctx.lineTo(x - half, y)
    ctx.closePath()
    ctx.stroke()
  },
}

const key = (kind: 'here' | 'led', text: string): HTMLElement =>
  element('span', { className: `numbers-key numbers-key-${kind}` }, element('i', { ariaHidden: 'true' }), text)
