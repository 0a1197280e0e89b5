import type { Deps, InstanceId, Value } from '../../core/index.js'
import { interfere } from './interfere.js'
import { contentOf, show, Violation } from './violation.js'

export interface Committed {
  readonly id: InstanceId
  readonly value: Value
  readonly deps: Deps
}

/** An instance is committed with one value and one dependency vector, everywhere and for ever. */
export class Agreement {
  readonly #commits = new Map<string, Committed>()

  get commits(): Iterable<Committed> {
    return this.#commits.values()
  }

  committed(id: InstanceId, value: Value, deps: Deps): void {
    const name = show(id)
    const known = this.#commits.get(name)
    if (known === undefined) {
      this.#commits.set(name, { id, value, deps })
      return
    }
    if (known.value === value && known.deps === deps) return
    const before = contentOf(known.value, known.deps)
    const now = contentOf(value, deps)
    if (before !== now) throw new Violation('agreement', `${name} committed as ${before} and as ${now}`)
  }
}

/** Of two committed interfering commands, neither a no-op, at least one depends on the other. */
export const checkVisibility = (agreement: Agreement): void => {
  const commits = [...agreement.commits].filter(({ value }) => value.kind !== 'noop')
  for (let i = 0; i < commits.length; i++) {
    const a = commits[i] as Committed
    for (let j = 0; j < i; j++) {
      const b = commits[j] as Committed
      const seen = b.id.number <= (a.deps[b.id.slot] ?? 0) || a.id.number <= (b.deps[a.id.slot] ?? 0)
      if (!seen && interfere(a.value, b.value)) {
        throw new Violation('visibility', `${show(a.id)} {${a.deps}} and ${show(b.id)} {${b.deps}} miss each other`)
      }
    }
  }
}
