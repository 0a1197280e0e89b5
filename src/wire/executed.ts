import type { Configuration, ExecutedSet } from '../core/index.js'
import { type Codec, list, record, ruled } from './codec.js'
import { WireError } from './error.js'
import { deps, instanceNumber } from './instance.js'
import { MAX_RECORDS_ITEMS } from './limits.js'

export const executed: Codec<ExecutedSet> = ruled(
  record<ExecutedSet>({
    frontier: deps,
    beyond: list(list(instanceNumber, 0, MAX_RECORDS_ITEMS), 1, MAX_RECORDS_ITEMS),
  }),
  ({ frontier, beyond }) => {
    if (beyond.length !== frontier.length) {
      throw new WireError('rule', `${beyond.length} rows stand beside ${frontier.length}`, 'beyond')
    }
    for (const [row, upTo] of frontier.entries()) {
      let last = upTo + 1
      for (const number of beyond[row] ?? []) {
        if (number <= last) throw new WireError('rule', `${number} does not follow ${last}`, `beyond[${row}]`)
        last = number
      }
    }
  },
)

/** Each voter has its row. */
export const checkExecuted = (it: { readonly configuration: Configuration; readonly executed: ExecutedSet }): void => {
  const rows = it.executed.frontier.length
  const voters = it.configuration.voters.length
  if (rows !== voters) throw new WireError('rule', `${rows} rows stand beside ${voters} voters`, 'executed')
}
