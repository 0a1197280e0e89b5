import { deedInWords, type EpochView, type LabSession, ruleInWords } from 'epaxos/sim'
import {
  drawGrid,
  drawLanes,
  type Grid,
  type GridContent,
  type Lanes,
  type LanesContent,
  MAX_COLUMNS,
} from 'epaxos/view'
import { element, named } from '../elements.js'
import { gridOf, LanesOfRun } from '../run/content.js'
import { currentEpoch, epochsBy } from '../run/epochs.js'
import { replicaName } from '../run/words.js'
import { choiceOf, labelled, offer, tick, WIDE } from './controls.js'
import type { Desk, Panel } from './panel.js'

const ANYONE = 'all'
const NEWEST = 'newest'

/** How much of the time line the lanes show. */
const WINDOWS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000] as const

/** What the views ask for besides what every part does. */
export interface ViewActs {
  seek(ms: number): void
  flight(id: number, at: { readonly clientX: number; readonly clientY: number }): void
}

/** Two views of one moment, one above the other: what travelled when, and what came of it. */
export class Views implements Panel {
  readonly root: HTMLElement = element('div', { className: 'lab-views' })
  readonly #lanes: Lanes
  readonly #lanesOf = new LanesOfRun()
  #grid: Grid
  readonly #eyes = named('sees', choiceOf([[ANYONE, 'anyone']]))
  readonly #epoch = named('epoch', choiceOf([[NEWEST, 'the newest']]))
  readonly #epochField = labelled('Epoch', this.#epoch)
  readonly #window = choiceOf(WINDOWS_MS.map((ms) => [String(ms), `${ms} ms`]))
  readonly #background = tick('Gossip, too', false)
  readonly #dense = tick('Small', false)
  #session: LabSession

  constructor(session: LabSession, desk: Desk, acts: ViewActs) {
    this.#session = session
    this.#window.value = String(windowFor(session))
    const redraw = (): void => this.update(this.#session)
    for (const control of [this.#eyes, this.#epoch, this.#window, this.#background.box])
      control.addEventListener('change', redraw)
    const lanesPlace = element('div', { className: 'lab-lanes' })
    const gridPlace = named('grid', element('div', { className: 'lab-grid' }))
    this.root.append(
      part(
        'Messages',
        'A lane for each replica; time runs to the right. Choose a message to drop, delay or repeat it, or to let it overtake.',
        [labelled('Shown', this.#window), this.#background.label],
        lanesPlace,
      ),
      part(
        'Instances',
        'Each command is an instance in its voter’s row. Arrows lead to what must come first.',
        [labelled('Seen by', this.#eyes), this.#epochField, this.#dense.label],
        gridPlace,
      ),
    )
    const onPoint = (key: string | undefined): void => desk.light(key)
    this.#lanes = drawLanes(lanesPlace, this.#lanesContent(), {
      onPoint,
      onFlight: acts.flight,
      onSeek: acts.seek,
      rules: ruleInWords,
    })
    const newGrid = (): Grid =>
      drawGrid(gridPlace, this.#gridContent(), {
        onPoint,
        sentenceOf: ({ instance }) =>
          deedInWords(this.#session.world.chronicle, this.#shownEpoch.number, instance, this.#session.positionMs),
        dense: this.#dense.box.checked,
      })
    this.#grid = newGrid()
    this.#dense.box.addEventListener('change', () => {
      this.#grid.destroy()
      this.#grid = newGrid()
    })
  }

  update(session: LabSession): void {
    if (this.#session !== session) this.#window.value = String(windowFor(session))
    this.#session = session
    const { chronicle } = session.world
    const members = chronicle.members(session.positionMs)
    offer(this.#eyes, [
      [ANYONE, 'anyone'],
      ...members.map(({ replica }) => [String(replica), replicaName(replica)] as const),
    ])
    const epochs = epochsBy(chronicle, session.positionMs)
    offer(this.#epoch, [
      [NEWEST, 'the newest'],
      ...epochs.map(({ number }) => [String(number), String(number)] as const),
    ])
    this.#epochField.hidden = epochs.length < 2
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

  get #shownEpoch(): EpochView {
    const { world, positionMs } = this.#session
    const chosen = world.chronicle.epochs.find(({ number }) => String(number) === this.#epoch.value)
    return chosen ?? currentEpoch(world.chronicle, positionMs)
  }

  #lanesContent(): LanesContent {
    const { world, positionMs } = this.#session
    const windowMs = Number(this.#window.value)
    return this.#lanesOf.at({ world, positionMs, windowMs, background: this.#background.box.checked })
  }

  #gridContent(): GridContent {
    const { world, positionMs } = this.#session
    const eyes = this.#eyes.value === ANYONE ? ANYONE : Number(this.#eyes.value)
    return gridOf(world.chronicle, this.#shownEpoch, positionMs, MAX_COLUMNS, eyes)
  }
}

const part = (title: string, lead: string, controls: readonly HTMLElement[], place: HTMLElement): HTMLElement =>
  element(
    'section',
    { className: 'lab-view', ariaLabel: title },
    element('div', { className: 'lab-view-head' }, element('h2', { textContent: title }), ...controls),
    element('p', { className: 'lead', textContent: lead }),
    place,
  )

/** Long enough for a command's two rounds, or for one where the page is narrow. */
const windowFor = ({ world }: LabSession): number => {
  const { net } = world.setup
  const roundTripMs = net.kind === 'even' ? 2 * net.delayMs : LONGEST_ROUND_TRIP_MS
  const wantedMs = matchMedia(WIDE).matches ? 2 * roundTripMs : roundTripMs
  return WINDOWS_MS.find((ms) => ms >= wantedMs) ?? 10_000
}

/** Between the five measured places. */
const LONGEST_ROUND_TRIP_MS = 250
