import type { Deps, InstanceId, Value } from '../../core/index.js'
import { interfere } from '../checkers/interfere.js'
import { contentOf, show } from '../checkers/violation.js'

interface Commit {
  readonly id: InstanceId
  readonly value: Value
  readonly deps: Deps
  /** Where it was known first. */
  readonly replica: number
}

/** Two commits that can't both be right: the later one known, and the one before it. */
export interface Clash {
  readonly check: 'agreement' | 'visibility'
  readonly now: Commit
  readonly before: Commit
}

/**
 * What is committed in one epoch, held against each other as it becomes known: an instance has one value and one
 * dependency vector; of two that interfere, neither a no-op, at least one depends on the other.
 */
export class Commits {
  readonly #commits = new Map<string, Commit>()
  readonly #byKey = new Map<string, Commit[]>()
  /** Those that touch more than single keys: few, and held against all. */
  readonly #wide: Commit[] = []

  /** @returns what it clashes with */
  add(now: Commit): readonly Clash[] {
    const name = show(now.id)
    const before = this.#commits.get(name)
    if (before !== undefined) {
      const same = before.value === now.value && before.deps === now.deps
      if (same || contentOf(before.value, before.deps) === contentOf(now.value, now.deps)) return []
      return [{ check: 'agreement', now, before }]
    }
    const unseen =
      now.value.kind === 'noop' ? [] : [...this.#touching(now.value)].filter((one) => missEachOther(now, one))
    this.#commits.set(name, now)
    this.#index(now)
    return unseen.map((one) => ({ check: 'visibility', now, before: one }))
  }

  /** All that may interfere with it, and no no-ops; some possibly twice. */
  *#touching(value: Value): Iterable<Commit> {
    const keys = keysOf(value)
    if (keys === undefined) {
      for (const one of this.#commits.values()) if (one.value.kind !== 'noop') yield one
      return
    }
    for (const key of keys) yield* this.#byKey.get(key) ?? []
    yield* this.#wide
  }

  #index(commit: Commit): void {
    if (commit.value.kind === 'noop') return
    const keys = keysOf(commit.value)
    if (keys === undefined) this.#wide.push(commit)
    for (const key of keys ?? []) {
      const known = this.#byKey.get(key)
      if (known === undefined) this.#byKey.set(key, [commit])
      else known.push(commit)
    }
  }
}

/** The comparison of numbers comes first: it is cheap, and settles nearly all. */
const missEachOther = (a: Commit, b: Commit): boolean =>
  b.id.number > (a.deps[b.id.slot] ?? 0) && a.id.number > (b.deps[a.id.slot] ?? 0) && interfere(a.value, b.value)

/** Undefined where it touches more than single keys. */
const keysOf = (value: Value): ReadonlySet<string> | undefined => {
  if (value.kind !== 'commands') return undefined
  const keys = new Set<string>()
  for (const { spans } of value.commands) {
    for (const span of spans) {
      if (span.kind === 'range') return undefined
      keys.add(span.key)
    }
  }
  return keys
}
