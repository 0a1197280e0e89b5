import { setText } from '../elements.js'
import { messageOf } from '../text.js'

/** What came of an edit: executed as it was meant, or to no effect, since others were first. */
export type Outcome = readonly [stage: 'executed' | 'refused', text: string]

/** Where an edit is, shown next to it: sent, then what came of it and after how long; or what went wrong. */
export class Stage {
  /** Edits come one after another: what is shown is the last one's. */
  #edits = 0

  constructor(readonly output: HTMLElement) {}

  /** Follows an edit to its end; never rejects. */
  async follow<Result>(
    edit: () => Promise<Result>,
    outcomeOf: (result: Result) => Outcome,
  ): Promise<Result | undefined> {
    const number = ++this.#edits
    const startMs = performance.now()
    this.#show('sent', 'sent …')
    try {
      const result = await edit()
      const tookMs = Math.round(performance.now() - startMs)
      const [stage, text] = outcomeOf(result)
      if (number === this.#edits) this.#show(stage, `${text} · ${tookMs} ms`)
      return result
    } catch (error) {
      if (number === this.#edits) this.#show('failed', messageOf(error))
      return undefined
    }
  }

  #show(stage: 'sent' | 'failed' | Outcome[0], text: string): void {
    this.output.dataset.stage = stage
    setText(this.output, text)
  }
}
