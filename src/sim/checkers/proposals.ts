import type { Accept, Message, Recover, Validate } from '../../core/index.js'
import { contentOf, show, Violation } from './violation.js'

/** A ballot has one owner, in one life of it [H31], who proposes one value at it [H21], and asks to validate one. */
export class Proposals {
  /** By what it is about: what was said first. */
  readonly #lives = new Map<string, number>()
  readonly #values = new Map<string, string>()

  sent(life: number, message: Message): void {
    switch (message.kind) {
      case 'accept':
      case 'validate':
        this.#once(message)
        if (message.ballot > 0) this.#live(life, message.instance.slot, message.instance.number, message)
        return
      case 'recover':
        for (let number = message.from; number <= message.to; number++) {
          this.#live(life, message.slot, number, message)
        }
    }
  }

  #once(message: Accept | Validate): void {
    const about = `${message.kind} of ${show(message.instance)} at ballot ${message.ballot}`
    const said = contentOf(message.value, message.deps)
    const before = this.#values.get(about)
    if (before === undefined) this.#values.set(about, said)
    else if (before !== said) throw new Violation('one value per ballot', `${about}: ${before}, then ${said}`)
  }

  #live(life: number, slot: number, number: number, { kind, ballot }: Accept | Validate | Recover): void {
    const about = `${slot}.${number} at ballot ${ballot}`
    const before = this.#lives.get(about)
    if (before === undefined) this.#lives.set(about, life)
    else if (before !== life) {
      throw new Violation('one life per ballot', `${kind} of ${about} from life ${life}, used in life ${before} [H31]`)
    }
  }
}
