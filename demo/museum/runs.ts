import type { Replica } from 'epaxos/core'
import { type Finding, LabSession, type LabStep, LabWorld, parseScript } from 'epaxos/sim'
import { type Exhibit, MOST_BEHIND } from './exhibit.js'

/** One exhibit, run to its end with the rule off and on: the same steps, at the same times. */
export interface Runs {
  readonly off: LabWorld
  readonly on: LabWorld
  readonly steps: readonly LabStep[]
}

/** What a run is judged by at a moment. */
export interface Verdict {
  readonly findings: readonly Finding[]
  readonly behind: number
  readonly guilty: boolean
}

export const runBoth = ({ script, untilMs }: Exhibit, faulty: typeof Replica): Runs => {
  const { setup, steps } = parseScript(script)
  const run = (world: LabWorld): LabWorld => {
    for (const { atMs, action } of steps) {
      world.runUntil(atMs)
      world.act(action)
    }
    world.runUntil(untilMs)
    return world
  }
  return { off: run(new LabWorld(setup, { Replica: faulty })), on: run(new LabWorld(setup)), steps }
}

export const verdictAt = ({ findings, chronicle }: LabWorld, atMs: number): Verdict => {
  const found = findings.filter((finding) => finding.atMs <= atMs)
  const behind = chronicle.lag(atMs)
  return { findings: found, behind, guilty: found.length > 0 || behind > MOST_BEHIND }
}

/** The moment at which the run shows what its exhibit is about; its end where it never does. */
export const tellingMs = (world: LabWorld, { by, untilMs }: Exhibit): number =>
  (by === 'lag' ? convictedMs(world, untilMs) : world.findings.find(({ check }) => check === by)?.atMs) ?? untilMs

/** When the run is first convicted; undefined: never, as far as it goes. */
export const convictedMs = (world: LabWorld, untilMs: number): number | undefined => {
  for (let atMs = 0; atMs < untilMs; atMs += CLOSE_MS) if (verdictAt(world, atMs).guilty) return atMs
  return verdictAt(world, untilMs).guilty ? untilMs : undefined
}

/** How closely the moment of a conviction is looked for. */
const CLOSE_MS = 5

/** The same script with the rule on, for the Lab to go on with. */
export const inTheLab = ({ script }: Exhibit): string => LabSession.parse(script).text()
