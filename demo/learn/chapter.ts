import type { Chronicle, LabAction, LabSetup } from 'epaxos/sim'

/** A guided chapter: a run of the real core that stops where there is something to say. Nothing in it knows the page. */
export interface Chapter {
  readonly title: string
  /** What it is about, in a sentence of the list of chapters. */
  readonly teaser: string
  readonly setup: LabSetup
  /** How much time the lanes show. */
  readonly windowMs: number
  readonly beats: readonly Beat[]
}

/** From one stop to the next. */
export interface Beat {
  readonly title: string
  /** Read while it plays. `{word}` and `{word|as it is written here}` are explained by the glossary. */
  readonly text: string
  /** What the reader does before it plays. Without it, it plays by itself. */
  readonly hand?: { readonly label: string; readonly actions: readonly LabAction[] }
  readonly question?: Question
  readonly until: Until
  /** What has come of it, which the run must bear out; with words of the glossary, too. */
  readonly after?: string
  /** The instance whose own sentence is read when the beat has ended, and which is lit: `0.1`. */
  readonly lit?: string
}

export interface Question {
  readonly ask: string
  readonly choices: readonly string[]
  /** Which of them the run bears out. */
  readonly right: number
  readonly because: string
}

/** Whether a beat has reached its end. Asked after every event: whatever happens, happens at one of them. */
export type Until = (run: Chronicle, nowMs: number, fromMs: number) => boolean

/** Three replicas, far enough from each other for messages to be seen on their way. */
export const three: LabSetup = {
  seed: 1,
  voters: 3,
  net: { kind: 'even', delayMs: 50 },
  jitter: 0,
  writeMs: 2,
  thrifty: false,
}
