import type { Chronicle, LabSession } from 'epaxos/sim'

/** When a message last arrived before this moment; 0 where none did. Those that say nothing of an instance do not count. */
export const arrivalBefore = ({ flights }: Pick<Chronicle, 'flights'>, atMs: number): number => {
  let latestMs = 0
  for (const { background, fate, endMs } of flights) {
    if (!background && fate === 'arrived' && endMs < atMs && endMs > latestMs) latestMs = endMs
  }
  return latestMs
}

/** The end of a time line on which so much is seen: it changes in steps, so that the line rests in between. */
export const roundedUp = (ms: number): number => {
  for (let decade = 100; ; decade *= 10) {
    for (const part of [1, 2, 5]) if (ms <= part * decade) return part * decade
  }
}

/** Whether anything is to be expected: a step would otherwise lead through a minute in which only gossip travels. */
export const isStirring = ({ world, positionMs, current }: LabSession, what: 'event' | 'message'): boolean => {
  const { chronicle, nowMs } = world
  // Who is alone sends nothing.
  if (what === 'message' && chronicle.members(nowMs).length === 1) return false
  return (
    positionMs < nowMs ||
    chronicle.flights.some(({ fate, background }) => fate === 'under-way' && !background) ||
    chronicle.deeds.some(({ executedMs, refused }) => executedMs === undefined && refused === undefined) ||
    chronicle.members(nowMs).some(({ role }) => role === 'joining') ||
    chronicle.lag(nowMs) > 0 ||
    current.script.steps.some(
      ({ atMs, action }) => action.kind === 'burst' && atMs + action.count * action.everyMs > nowMs,
    )
  )
}
