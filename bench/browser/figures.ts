/** What was seen in one round of a load. */
export interface Round {
  /** Of each tab: in how many milliseconds so many of its commands were answered. */
  readonly answers: readonly { readonly ms: number; readonly answered: number }[]
  /** Milliseconds from one frame to the next, of the tab that draws. */
  readonly frames: readonly number[]
  /** Processor time in seconds: of the main threads of the tabs that only work, and what of it was script, … */
  readonly mainThreads: readonly number[]
  readonly scripts: readonly number[]
  /** … and of all processes of the browser. */
  readonly browser: number
}

export interface Figures {
  readonly perSecond: number
  /** Of one tab, for each command of any. */
  readonly mainThreadMicros: number
  readonly scriptMicros: number
  readonly browserMicros: number
  /** A share, from 0 to 1, of the time. */
  readonly mainThreadShare: number
  /** A share of the frames that were due. */
  readonly droppedShare: number
}

const FRAME_MS = 1000 / 60

export const figuresOf = ({ answers, frames, mainThreads, scripts, browser }: Round): Figures => {
  const answered = sum(answers.map((each) => each.answered))
  const seconds = mean(answers.map(({ ms }) => ms)) / 1000
  return {
    perSecond: sum(answers.map((each) => (1000 * each.answered) / each.ms)),
    mainThreadMicros: (1e6 * mean(mainThreads)) / answered,
    scriptMicros: (1e6 * mean(scripts)) / answered,
    browserMicros: (1e6 * browser) / answered,
    mainThreadShare: mean(mainThreads) / seconds,
    droppedShare: droppedShareOf(frames),
  }
}

/** Of a screen with 60 frames a second, those that passed without a new picture. NaN where there was none at all. */
export const droppedShareOf = (frames: readonly number[]): number => {
  const due = frames.map((ms) => Math.max(1, Math.round(ms / FRAME_MS)))
  return 1 - frames.length / sum(due)
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
