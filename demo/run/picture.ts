import { deedInWords, type EpochView, ruleInWords } from 'epaxos/sim'
import { drawGrid, drawLanes, type Grid, type GridContent, type Lanes } from 'epaxos/view'
import { element } from '../elements.js'
import { gridOf, LanesOfRun, type Moment } from './content.js'
import { currentEpoch } from './epochs.js'
import './picture.css'

/** Of each row, the newest of a short run: all of it. */
const COLUMNS = 12

export interface PictureOptions {
  /** Which run it is of, where there are several. */
  readonly of?: string
  /** Whether what the signs mean can be read below. True unless it says otherwise. */
  readonly legend?: boolean
}

/** Both views of one moment of a run: what travelled when, and what came of it. */
export class Picture {
  readonly root: HTMLElement
  readonly #lanes: Lanes
  readonly #grid: Grid
  readonly #lanesOf = new LanesOfRun()
  #moment: Moment

  /** @param seek the reader wants to look at another moment */
  constructor(moment: Moment, seek: (ms: number) => void, { of = '', legend = true }: PictureOptions = {}) {
    this.#moment = moment
    const lanes = element('section', { className: 'picture-lanes', ariaLabel: `Messages${of}` })
    const grid = element('section', { className: 'picture-grid', ariaLabel: `Instances${of}` })
    grid.dataset.testid = 'grid'
    this.root = element('div', { className: 'picture' }, lanes, grid)
    const onPoint = (key: string | undefined): void => this.light(key)
    this.#lanes = drawLanes(lanes, this.#lanesOf.at(moment), { onPoint, onSeek: seek, rules: ruleInWords, legend })
    this.#grid = drawGrid(grid, this.#gridContent(), {
      onPoint,
      legend,
      sentenceOf: ({ instance }) => {
        const { world, positionMs } = this.#moment
        return deedInWords(world.chronicle, this.#epoch.number, instance, positionMs)
      },
    })
  }

  update(moment: Moment): void {
    this.#moment = moment
    this.#lanes.update(this.#lanesOf.at(moment))
    this.#grid.update(this.#gridContent())
  }

  light(key: string | undefined): void {
    this.#lanes.light(key)
    this.#grid.light(key)
  }

  destroy(): void {
    this.#lanes.destroy()
    this.#grid.destroy()
  }

  /** The one that all have entered by then: nobody's rows are taken from under the eyes of who looks at them. */
  get #epoch(): EpochView {
    const { world, positionMs } = this.#moment
    const { chronicle } = world
    const up = chronicle.members(positionMs).filter(({ role, state }) => role === 'voter' && state === 'up')
    const number = Math.min(...up.map(({ epoch }) => epoch))
    return chronicle.epochs.find((epoch) => epoch.number === number) ?? currentEpoch(chronicle, positionMs)
  }

  #gridContent(): GridContent {
    const { world, positionMs } = this.#moment
    return gridOf(world.chronicle, this.#epoch, positionMs, COLUMNS)
  }
}
