import type { KeptProposal } from '../member/index.js'
import type { Salvage } from '../storage/index.js'

/** What of a damaged storage's queue goes on elsewhere. */
export interface Rescue {
  /** In order. */
  readonly trusted: readonly KeptProposal[]
  /** How many are left behind, at least, since they can't be read or can't be trusted. */
  readonly left: number
}

/**
 * Which of the proposals that can be read are sent again. What is damaged may as well be older than it was: so what has no
 * place there may have got one since, and been executed; under the place that it has it is executed once. And what comes
 * after something that is lost would wait for that for ever.
 */
export const rescued = ({ proposals, lost }: Salvage): Rescue => {
  const trusted: KeptProposal[] = []
  const places = new Set<string>()
  for (const proposal of proposals) {
    const { place } = proposal
    if (place === undefined) continue
    const { session, sequence, after } = place
    if (lost !== 0 && !after.every((earlier) => places.has(`${session}/${earlier}`))) continue
    places.add(`${session}/${sequence}`)
    trusted.push(proposal)
  }
  return { trusted, left: proposals.length - trusted.length + (lost ?? 0) }
}
