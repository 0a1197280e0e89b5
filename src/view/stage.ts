import type { Lane, LaneFlight, LaneHappening, LanesContent } from './lane-content.js'

/** R0 tells R1 that 0.1 is committed, and that arrives, unless something else is said. */
export const flight = (id: number, sentMs: number, endMs: number, other: Partial<LaneFlight> = {}): LaneFlight => ({
  id,
  kind: 'commit',
  from: 0,
  to: 1,
  instance: { slot: 0, number: 1 },
  says: '',
  sentMs,
  endMs,
  fate: 'arrived',
  repeat: false,
  background: false,
  ...other,
})

/** R0 proposes commands of this name as 0.1. */
export const proposed = (atMs: number, name: string): LaneHappening => ({
  atMs,
  replica: 0,
  kind: 'proposed',
  instance: { slot: 0, number: 1 },
  name,
})

/** What is executed first is 0.1, then comes 0.2, and so on. */
export const executed = (atMs: number, position: number, replica = 0): LaneHappening => ({
  atMs,
  replica,
  kind: 'executed',
  instance: { slot: 0, number: position },
  position,
})

const lane = (name: string): Lane => ({ name, aside: '', state: 'up', spans: [] })

/** Two lanes, both up, without cuts or gossip; 100 ms wide. */
export const contentOf = (
  positionMs: number,
  flights: readonly LaneFlight[],
  happenings: readonly LaneHappening[] = [],
): LanesContent => ({
  lanes: [lane('R0'), lane('R1')],
  flights,
  happenings,
  cuts: [],
  positionMs,
  windowMs: 100,
  background: false,
})
