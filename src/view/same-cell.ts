import type { Deps, TraceCell } from '../core/index.js'

/** Whether two are drawn, and told, alike: the same instance in the same state. */
export const sameCell = (a: TraceCell, b: TraceCell): boolean =>
  a === b ||
  (a.phase === b.phase &&
    a.void === b.void &&
    a.executed === b.executed &&
    a.position === b.position &&
    a.ballot === b.ballot &&
    a.path === b.path &&
    a.value === b.value &&
    sameDeps(a.deps, b.deps) &&
    sameDeps(a.initDeps, b.initDeps))

const sameDeps = (a: Deps | undefined, b: Deps | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((dep, slot) => dep === b[slot]))
