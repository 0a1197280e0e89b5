import { deedInWords, LabSession } from 'epaxos/sim'
import { drawGrid, drawLanes, type GridContent, type LanesContent, MAX_COLUMNS } from 'epaxos/view'
import { element } from '../elements.js'
import { gridOf, LanesOfRun } from '../run/content.js'
import { currentEpoch } from '../run/epochs.js'

/** How smoothly a run was drawn while it went on, by this page's own clock. */
export interface Measured {
  readonly replicas: number
  /** Instances in view, at the end. */
  readonly instances: number
  /** Drawn, and the time that took. */
  readonly frames: number
  readonly ms: number
  readonly fps: number
  /** From one frame to the next. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Frames of a screen with 60 of them a second that passed without a drawing; and as a share of all. */
  readonly dropped: number
  readonly droppedShare: number
  /** Of a frame, for the run itself, and for drawing it: as far as this page's own thread is concerned. */
  readonly runP50Ms: number
  readonly drawP50Ms: number
  readonly drawP99Ms: number
}

const REPLICAS = 5
/** Each row gets ten instances a second: fast enough for rows to slide all the time. */
const EVERY_MS = 20
const INTERFERENCE = 0.3

/** As long as it takes for every row to be full. */
const BEFORE_MS = REPLICAS * MAX_COLUMNS * EVERY_MS + 1000
/** A page's first frames are those of a program that is not compiled yet. */
const WARM_MS = 2000
const MEASURED_MS = 10_000

/** A tab that was away for a moment goes on where it was. */
const LONGEST_FRAME_MS = 100

/** Of the lanes: as the Lab shows it for this network. */
const WINDOW_MS = 200

const FRAME_MS = 1000 / 60
/** A longer interval than this is one in which a frame was missed. */
const LATE_MS = 1.5 * FRAME_MS

/** What one frame took. */
interface Turn {
  /** Since the one before. */
  readonly intervalMs: number
  readonly runMs: number
  readonly drawMs: number
}

/** Plays a run whose rows are full, at the pace of real time, in `place`; takes twelve seconds, and leaves nothing behind. */
export const measure = async (place: HTMLElement): Promise<Measured> => {
  const session = fullRun()
  const stage = element('div')
  place.append(stage)
  const clock = new DrawingClock()
  const { world } = session
  const epoch = currentEpoch(world.chronicle, 0)
  const lanesOf = new LanesOfRun()
  const lanesNow = (): LanesContent => lanesOf.at({ world, positionMs: session.positionMs, windowMs: WINDOW_MS })
  const gridNow = (): GridContent => gridOf(world.chronicle, epoch, session.positionMs, MAX_COLUMNS)
  const lanes = drawLanes(stage, lanesNow())
  const grid = drawGrid(stage, gridNow(), {
    dense: true,
    sentenceOf: ({ instance }) => deedInWords(world.chronicle, epoch.number, instance, session.positionMs),
  })
  try {
    const turns = await play(session, clock, () => {
      lanes.update(lanesNow())
      grid.update(gridNow())
    })
    const instances = stage.lastElementChild?.shadowRoot?.querySelectorAll('[role=gridcell]').length ?? 0
    return { replicas: REPLICAS, instances, ...summaryOf(turns) }
  } finally {
    clock.stop()
    lanes.destroy()
    grid.destroy()
    stage.remove()
  }
}

const fullRun = (): LabSession => {
  const session = LabSession.begin({
    seed: 7,
    voters: REPLICAS,
    net: { kind: 'even', delayMs: 40 },
    jitter: 0.2,
    writeMs: 2,
    thrifty: false,
  })
  const replicas = Array.from({ length: REPLICAS }, (_, replica) => replica)
  const count = Math.ceil((BEFORE_MS + 2 * (WARM_MS + MEASURED_MS)) / EVERY_MS)
  session.act({ kind: 'burst', replicas, count, everyMs: EVERY_MS, interference: INTERFERENCE })
  session.seek(BEFORE_MS)
  return session
}

/** Frame by frame, as the Lab plays at full speed. */
const play = (session: LabSession, clock: DrawingClock, draw: () => void): Promise<readonly Turn[]> =>
  new Promise((resolve) => {
    const turns: Turn[] = []
    let startMs: number | undefined
    let lastMs = 0
    let runMs = 0
    let updateMs = 0
    const turn = (nowMs: number): void => {
      startMs ??= nowMs
      const sinceMs = nowMs - startMs
      const intervalMs = nowMs - lastMs
      // Of the frame before, whose drawing is over by now.
      const drawMs = updateMs + clock.take()
      if (sinceMs > WARM_MS) turns.push({ intervalMs, runMs, drawMs })
      if (sinceMs > WARM_MS + MEASURED_MS) {
        resolve(turns)
        return
      }
      lastMs = nowMs
      const beginMs = performance.now()
      session.advance(sinceMs === 0 ? 0 : Math.min(intervalMs, LONGEST_FRAME_MS))
      const ranMs = performance.now()
      draw()
      runMs = ranMs - beginMs
      updateMs = performance.now() - ranMs
      clock.frame(turn)
    }
    clock.frame(turn)
  })

/** Adds up the time that the views take in the frames they have asked for. */
class DrawingClock {
  readonly #frame = window.requestAnimationFrame
  #ms = 0

  constructor() {
    window.requestAnimationFrame = (drawn) =>
      this.frame((nowMs) => {
        const beginMs = performance.now()
        drawn(nowMs)
        this.#ms += performance.now() - beginMs
      })
  }

  /** A frame that is not counted. */
  frame(drawn: FrameRequestCallback): number {
    return this.#frame.call(window, drawn)
  }

  /** The time since this was last asked. */
  take(): number {
    const ms = this.#ms
    this.#ms = 0
    return ms
  }

  stop(): void {
    window.requestAnimationFrame = this.#frame
  }
}

const summaryOf = (turns: readonly Turn[]): Omit<Measured, 'replicas' | 'instances'> => {
  const intervals = turns.map(({ intervalMs }) => intervalMs)
  const ms = intervals.reduce((sum, interval) => sum + interval, 0)
  const missed = intervals.map((interval) => (interval > LATE_MS ? Math.round(interval / FRAME_MS) - 1 : 0))
  const dropped = missed.reduce((sum, frames) => sum + frames, 0)
  const draws = turns.map(({ drawMs }) => drawMs)
  return {
    frames: turns.length,
    ms,
    fps: (1000 * turns.length) / ms,
    p50Ms: percentile(intervals, 0.5),
    p99Ms: percentile(intervals, 0.99),
    dropped,
    droppedShare: dropped / (turns.length + dropped),
    runP50Ms: percentile(
      turns.map(({ runMs }) => runMs),
      0.5,
    ),
    drawP50Ms: percentile(draws, 0.5),
    drawP99Ms: percentile(draws, 0.99),
  }
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0
