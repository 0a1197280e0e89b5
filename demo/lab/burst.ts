import type { LabSession } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { proposers, replicaName } from '../run/words.js'
import { choiceOf, folding, labelled, numberField, numberIn, offer } from './controls.js'
import type { Desk, Panel } from './panel.js'

const EVERYWHERE = 'all'

/** Many commands, some of which write one and the same key. */
export class Burst implements Panel {
  readonly root: HTMLElement
  readonly #count = named('burst-count', numberField(40, 1, 1000, 1))
  readonly #everyMs = numberField(20, 1, 1000, 1)
  readonly #share = named(
    'interference',
    element('input', { type: 'range', min: '0', max: '100', step: '5', value: '30' }),
  )
  readonly #said = element('output')
  readonly #at = choiceOf([[EVERYWHERE, 'all in turn']])
  readonly #start: HTMLButtonElement
  #session: LabSession | undefined

  constructor(readonly desk: Desk) {
    this.#start = named(
      'burst',
      button('Start the burst', () => this.#begin()),
    )
    this.root = folding(
      'Burst',
      'never',
      element(
        'div',
        { className: 'lab-pair' },
        labelled('Commands', this.#count),
        labelled('One every … ms', this.#everyMs),
      ),
      labelled('Interference', this.#share),
      element('p', { className: 'lead' }, this.#said),
      labelled('Where', this.#at),
      this.#start,
    )
    this.#share.addEventListener('input', () => this.#say())
    this.#say()
  }

  update(session: LabSession): void {
    this.#session = session
    const open = proposers(session)
    offer(this.#at, [
      [EVERYWHERE, 'all in turn'],
      ...open.map(({ replica }) => [String(replica), replicaName(replica)] as const),
    ])
    this.#start.disabled = open.length === 0
  }

  #begin(): void {
    if (this.#session === undefined) return
    const at = this.#at.value
    this.desk.act({
      kind: 'burst',
      replicas: at === EVERYWHERE ? proposers(this.#session).map(({ replica }) => replica) : [Number(at)],
      count: Math.round(numberIn(this.#count)),
      everyMs: Math.round(numberIn(this.#everyMs)),
      interference: Number(this.#share.value) / 100,
    })
  }

  #say(): void {
    const words = `${this.#share.value} of 100 write the same key, the others a key of their own`
    setText(this.#said, words)
    this.#share.ariaValueText = words
  }
}
