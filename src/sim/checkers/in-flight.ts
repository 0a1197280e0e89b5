import type { InstanceId, Message, Proposed } from '../../core/index.js'
import { interfere } from './interfere.js'
import { show, Violation } from './violation.js'

/** One life of one voter has no two proposals on their way that interfere: components can't grow without end [H16]. */
export class InFlight {
  readonly #slot: number
  #life = 0
  /** Of that life, by number. */
  readonly #open = new Map<number, Proposed>()

  constructor(slot: number) {
    this.#slot = slot
  }

  sent(life: number, message: Message): void {
    if (life !== this.#life) this.#open.clear()
    this.#life = life
    if (message.kind !== 'pre-accept' || this.#open.has(message.instance.number)) return
    for (const [number, other] of this.#open) {
      if (!interfere(message.value, other)) continue
      const own = show({ slot: this.#slot, number })
      throw new Violation('in flight', `${show(message.instance)} interferes with ${own}, which is on its way still`)
    }
    this.#open.set(message.instance.number, message.value)
  }

  /** It was executed, or has ended as a no-op. */
  ended({ slot, number }: InstanceId): void {
    if (slot === this.#slot) this.#open.delete(number)
  }
}
