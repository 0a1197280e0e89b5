import { LabWorld } from 'epaxos/sim'
import type { Chapter } from './chapter.js'

/** When a beat begins and ends, in virtual milliseconds. */
export interface Mark {
  readonly fromMs: number
  readonly untilMs: number
}

/** What comes first is not at the very edge of the picture. */
const LEAD_MS = 20

/** How finely the end of a beat is found. Far below what anybody sees. */
const STEP_MS = 1

/** A beat that takes longer than this will not end: the chapter is wrong. */
const LONGEST_BEAT_MS = 30_000

/**
 * Plays a chapter once, to know where its beats end: the same steps at the same times make the same run again, so that
 * the reader's own run is known to stop there, too.
 * @throws RangeError when a beat does not end
 */
export const rehearse = ({ setup, beats }: Chapter): readonly Mark[] => {
  const world = new LabWorld(setup)
  world.runUntil(LEAD_MS)
  return beats.map(({ title, hand, until }) => {
    const fromMs = world.nowMs
    for (const action of hand?.actions ?? []) world.act(action)
    while (!until(world.chronicle, world.nowMs, fromMs)) {
      if (world.nowMs - fromMs > LONGEST_BEAT_MS) throw new RangeError(`the beat “${title}” does not end`)
      world.runUntil(world.nowMs + STEP_MS)
    }
    return { fromMs, untilMs: world.nowMs }
  })
}
