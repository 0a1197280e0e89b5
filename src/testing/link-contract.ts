import type { ContractCase } from './contract-case.js'
import { ends } from './link/ends.js'
import { Meeting, type OpenLink } from './link/meeting.js'
import { packets } from './link/packets.js'
import { peers } from './link/peers.js'
import { randomName } from './random-name.js'

export interface LinkContractOptions {
  /** How long something may take that has to happen, in milliseconds. Default: 5000. */
  readonly deadlineMs?: number
}

/**
 * What every link has to do, as cases for any test framework. Each opens links in rooms of its own, and closes them. The
 * network may lose, repeat and reorder packets.
 *
 *     const open = (options) => myTransport()({ relay: undefined, ...options })
 *     for (const { name, run } of linkContract(open)) test(name, run)
 *
 * @param open opens a link; those that it opens for one room have to meet
 */
export const linkContract = (
  open: OpenLink,
  { deadlineMs = 5000 }: LinkContractOptions = {},
): readonly ContractCase[] =>
  [...peers, ...packets, ...ends].map(({ name, run }) => ({
    name,
    run: async () => {
      const meeting = new Meeting(open, randomName(), deadlineMs)
      try {
        await run(meeting)
      } finally {
        meeting.end()
      }
    },
  }))
