import type { Chronicle, EpochView, LabWorld, MemberView } from 'epaxos/sim'
import type { GridContent, LanesContent } from 'epaxos/view'
import { LaneSpans } from './lane-spans.js'
import { cityNames, replicaName, stateWords } from './words.js'

/** What is shown of a run. */
export interface Moment {
  readonly world: LabWorld
  readonly positionMs: number
  /** How long a stretch of time the lanes show. */
  readonly windowMs: number
  /** Whether they show gossip. They don't unless it says otherwise. */
  readonly background?: boolean
}

/** What lanes show of a run, which may become another one. */
export class LanesOfRun {
  #spans: LaneSpans | undefined

  at({ world, positionMs, windowMs, background = false }: Moment): LanesContent {
    const { chronicle } = world
    const { flights, happenings, cuts } = chronicle
    if (this.#spans?.chronicle !== chronicle) this.#spans = new LaneSpans(chronicle)
    const spans = this.#spans
    const lanes = chronicle.members(positionMs).map((member) => ({
      name: replicaName(member.replica),
      aside: asideOf(member),
      state: member.state,
      spans: spans.of(member.replica),
    }))
    return { lanes, flights, happenings, cuts, positionMs, windowMs, background }
  }
}

/** What the grid shows of one epoch of a run: `columns` of each voter's row, as `eyes` see it. */
export const gridOf = (
  chronicle: Chronicle,
  { number, voters }: EpochView,
  positionMs: number,
  columns: number,
  eyes: number | 'all' = 'all',
): GridContent => {
  const members = chronicle.members(positionMs)
  const names = voters.map(replicaName)
  return {
    rows: chronicle.rows(eyes, number, positionMs, columns),
    voters: names,
    self: eyes === 'all' ? undefined : replicaName(eyes),
    names,
    asides: voters.map((voter) => asideOf(members.find(({ replica }) => replica === voter))),
  }
}

/** How it is, where it is not well, or else where it is. */
const asideOf = (member: MemberView | undefined): string => {
  if (member === undefined) return ''
  const { state, city } = member
  if (state !== 'up') return stateWords[state]
  return city === undefined ? '' : cityNames[city]
}
