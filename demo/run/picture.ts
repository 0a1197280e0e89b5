import { deedInWords, type EpochView, type LabWorld } from 'epaxos/sim'
import { drawGrid, drawLanes, type Grid, type GridContent, type Lanes, type LanesContent } from 'epaxos/view'
import { element } from '../elements.js'
import { currentEpoch } from './epochs.js'
import { LaneSpans } from './lane-spans.js'
import { replicaName, stateWords } from './words.js'

/** Of each row, the newest of a short run: all of it. */
const COLUMNS = 12

/** What is shown of a run. */
export interface Moment {
  readonly world: LabWorld
  readonly positionMs: number
  readonly windowMs: number
}

/** Both views of one moment of a run: what travelled when, and what came of it. */
export class Picture {
  readonly root: HTMLElement
  readonly #lanes: Lanes
  readonly #grid: Grid
  #moment: Moment
  #spans: LaneSpans

  /**
   * @param seek the reader wants to look at another moment
   * @param of which run it is of, where there are several
   */
  constructor(moment: Moment, seek: (ms: number) => void, of = '') {
    this.#moment = moment
    this.#spans = new LaneSpans(moment.world.chronicle)
    const lanes = element('section', { className: 'picture-lanes', ariaLabel: `Messages${of}` })
    const grid = element('section', { className: 'picture-grid', ariaLabel: `Instances${of}` })
    grid.dataset.testid = 'grid'
    this.root = element('div', { className: 'picture' }, lanes, grid)
    const onPoint = (key: string | undefined): void => this.light(key)
    this.#lanes = drawLanes(lanes, this.#lanesContent(), { onPoint, onSeek: seek })
    this.#grid = drawGrid(grid, this.#gridContent(), {
      onPoint,
      sentenceOf: ({ instance }) => {
        const { world, positionMs } = this.#moment
        return deedInWords(world.chronicle, this.#epoch.number, instance, positionMs)
      },
    })
  }

  update(moment: Moment): void {
    this.#moment = moment
    if (this.#spans.chronicle !== moment.world.chronicle) this.#spans = new LaneSpans(moment.world.chronicle)
    this.#lanes.update(this.#lanesContent())
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

  #lanesContent(): LanesContent {
    const { world, positionMs, windowMs } = this.#moment
    const { chronicle } = world
    const lanes = chronicle.members(positionMs).map(({ replica, state }) => ({
      name: replicaName(replica),
      aside: state === 'up' ? '' : stateWords[state],
      state,
      spans: this.#spans.of(replica),
    }))
    const { flights, happenings, cuts } = chronicle
    return { lanes, flights, happenings, cuts, positionMs, windowMs, background: false }
  }

  #gridContent(): GridContent {
    const { world, positionMs } = this.#moment
    const { number, voters } = this.#epoch
    const members = world.chronicle.members(positionMs)
    const stateOf = (voter: number): string => {
      const state = members.find(({ replica }) => replica === voter)?.state ?? 'up'
      return state === 'up' ? '' : stateWords[state]
    }
    const names = voters.map(replicaName)
    return {
      rows: world.chronicle.rows('all', number, positionMs, COLUMNS),
      voters: names,
      self: undefined,
      names,
      asides: voters.map(stateOf),
    }
  }
}
