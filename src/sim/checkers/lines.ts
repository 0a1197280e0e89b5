import { type Command, spansInterfere } from '../../core/index.js'
import { Violation } from './violation.js'

interface Waiting {
  readonly number: number
  readonly spans: Command['spans']
  /** Nothing holds its place any more: it was sent, and lost with its node's memory before it was durable. */
  loose: boolean
}

/** A state machine, and what has changed it. */
interface Machine {
  readonly owner: string
  has(number: number): boolean
}

/**
 * Calls that wait in one node's queue take effect in the order in which they came, where the earlier one changes what the
 * later one looks at or changes. At every machine: when the later one is executed there, the earlier one has been, or is
 * never.
 */
export class Lines {
  /** By node. */
  readonly #lines = new Map<string, Waiting[]>()
  /** By call: the earlier ones that it must not overtake. */
  readonly #before = new Map<number, readonly Waiting[]>()
  /** By call: what was executed without it, and where. */
  readonly #without = new Map<number, [by: number, owner: string][]>()

  joined(node: string, number: number, spans: Command['spans']): void {
    const line = this.#lines.get(node) ?? []
    this.#lines.set(node, line)
    const mustWait = ({ spans: earlier }: Waiting): boolean =>
      earlier.some((a) => a.write && spans.some((b) => spansInterfere(a, b)))
    this.#before.set(number, line.filter(mustWait))
    line.push({ number, spans, loose: false })
  }

  loosened(node: string, number: number): void {
    for (const one of this.#lines.get(node) ?? []) if (one.number === number) one.loose = true
  }

  executed(machine: Machine, number: number): void {
    const overtaker = this.#without.get(number)?.find(([, owner]) => owner === machine.owner)
    if (overtaker !== undefined && !machine.has(number)) {
      throw new Violation(
        'in order',
        `${machine.owner} executed call ${overtaker[0]} before ${number}, which came first`,
      )
    }
    for (const { number: earlier, loose } of this.#before.get(number) ?? []) {
      if (loose || machine.has(earlier)) continue
      const without = this.#without.get(earlier)
      if (without === undefined) this.#without.set(earlier, [[number, machine.owner]])
      else without.push([number, machine.owner])
    }
  }
}
