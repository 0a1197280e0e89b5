import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { OutcomeUnknown, type ReplicatedMap, type Room } from 'epaxos'
import { atRate } from '../../bench/pace.js'

const COMMANDS_PER_SECOND = 100

/** Of the commands, for the key that all want. */
const HOT_SHARE = 0.2
const COLD_KEYS = 1000

export const HOT_KEY = 'hot'

/** They ask one member after the other, at a constant rate, whatever becomes of it. */
export class Clients {
  /** In microseconds. */
  readonly latencies: RecordableHistogram = createHistogram()
  answered = 0
  /** Additions to the hot key that were answered, and those of which nobody knows. */
  added = 0
  unknown = 0
  readonly failures: string[] = []
  /** Asked for, and neither answered nor given up. */
  underWay = 0

  /** Resolves when the time is over. @param members to ask now */
  run(milliseconds: number, members: () => readonly Room<ReplicatedMap>[]): Promise<void> {
    return atRate(COMMANDS_PER_SECOND, milliseconds, (index) => {
      const asked = members()
      void this.#ask(asked[index % asked.length] as Room<ReplicatedMap>, index)
    })
  }

  async #ask({ mutate }: Room<ReplicatedMap>, index: number): Promise<void> {
    const isHot = Math.random() < HOT_SHARE
    const start = performance.now()
    this.underWay++
    try {
      if (isHot) await mutate.add({ key: HOT_KEY, by: 1 })
      else await mutate.set({ key: `cold/${index % COLD_KEYS}`, value: index })
      if (isHot) this.added++
      this.answered++
      this.latencies.record(Math.ceil((performance.now() - start) * 1000))
    } catch (error) {
      if (error instanceof OutcomeUnknown && isHot) this.unknown++
      if (!(error instanceof OutcomeUnknown)) this.failures.push(String(error))
    } finally {
      this.underWay--
    }
  }
}
