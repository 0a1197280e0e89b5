import { Covered } from './covered.js'
import type { Deps, InstanceId } from './record.js'
import { Vertex } from './vertex.js'

/**
 * Puts committed instances into the order of execution (protocol §7): strongly connected components in
 * dependency order, by (number, slot) inside a component, so that the order of interfering commands is the
 * same everywhere, whatever order the commits arrived in.
 *
 * Incremental: this is a path-based search for components that stops at a missing commit and goes on from
 * there. What can't run yet is a forest in which every vertex waits for one other. When the vertex at the end
 * of a path gets an edge back into its own path, that cycle is one component and is merged; when it has no
 * edge left, all it depends on has been executed, so it is. Each edge is followed once, no recursion.
 */
export class Execution {
  /** What has been put in order. */
  readonly ordered: Covered
  readonly #instances: Map<number, Vertex>[]
  readonly #prefixes: Map<number, Vertex>[]
  readonly #queue: Vertex[] = []

  /**
   * @param order called for every instance, in the order of execution
   * @param blocked called once for an instance whose missing commit something waits for
   */
  constructor(
    readonly n: number,
    readonly order: (slot: number, number: number) => void,
    readonly blocked: (id: InstanceId) => void,
  ) {
    this.ordered = new Covered(n)
    this.#instances = Array.from({ length: n }, () => new Map())
    this.#prefixes = Array.from({ length: n }, () => new Map())
  }

  /** An instance is committed: it runs as soon as all it depends on does. Once per instance. */
  committed(id: InstanceId, deps: Deps): void {
    let vertex = this.#map(this.#instances, id.slot).get(id.number)
    if (vertex === undefined && this.#satisfied(deps)) {
      this.#execute(id.slot, id.number)
      return
    }
    vertex ??= this.#vertex('instance', id.slot, id.number)
    vertex.deps = deps
    this.#queue.push(vertex)
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) this.#explore(next.representative)
  }

  #satisfied(deps: Deps): boolean {
    const { frontier } = this.ordered
    for (let r = 0; r < this.n; r++) if ((deps[r] as number) > (frontier[r] as number)) return false
    return true
  }

  /** Follows the open edges of `active`, and of what it finds, until something is missing or all is done. */
  #explore(active: Vertex): void {
    if (active.done || active.waitsOn !== undefined) return
    for (;;) {
      const member = active.open
      if (member === undefined) {
        this.#complete(active)
        return
      }
      const target = this.#follow(member)?.representative
      if (target === undefined) active.close()
      else if (target !== active && !target.done) {
        // Only a vertex that is waited for can be at the end of another's path.
        const end = active.waiters.length > 0 ? target.end : undefined
        if (end === active) merge(active, target)
        else {
          const fresh = target.waitsOn === undefined && target.edge === 0 && !target.missing
          active.waitFor(target)
          if (target.missing && target.waiters.length === 1) this.blocked({ slot: target.slot, number: target.number })
          if (!fresh) return
          active = target
        }
      }
    }
  }

  /** The vertex at the end of the next edge; undefined when none is left. Edges to what was executed are passed over. */
  #follow(vertex: Vertex): Vertex | undefined {
    const { slot, number, deps } = vertex
    const { frontier } = this.ordered
    if (deps !== undefined) {
      while (vertex.edge < this.n) {
        const row = vertex.edge++
        const upTo = deps[row] as number
        if (upTo > (frontier[row] as number)) return this.#vertex('prefix', row, upTo)
      }
      return undefined
    }
    // The prefix below comes first: what is missing is found from the bottom of the row.
    if (vertex.edge === 0) {
      vertex.edge = 1
      if (number - 1 > (frontier[slot] as number)) return this.#vertex('prefix', slot, number - 1)
    }
    if (vertex.edge === 1) {
      vertex.edge = 2
      if (!this.ordered.has(slot, number)) return this.#vertex('instance', slot, number)
    }
    return undefined
  }

  #vertex(kind: Vertex['kind'], slot: number, number: number): Vertex {
    const row = this.#map(kind === 'instance' ? this.#instances : this.#prefixes, slot)
    let vertex = row.get(number)
    if (vertex === undefined) {
      vertex = new Vertex(kind, slot, number)
      row.set(number, vertex)
    }
    return vertex
  }

  #map(of: Map<number, Vertex>[], slot: number): Map<number, Vertex> {
    return of[slot] as Map<number, Vertex>
  }

  #complete(component: Vertex): void {
    component.done = true
    const { members } = component
    const instances = members.filter((member) => member.kind === 'instance')
    instances.sort((a, b) => a.number - b.number || a.slot - b.slot)
    for (const { slot, number } of instances) this.#execute(slot, number)
    for (const { kind, slot, number } of members) {
      this.#map(kind === 'instance' ? this.#instances : this.#prefixes, slot).delete(number)
    }
    for (const waiter of component.waiters) {
      const woken = waiter.representative
      if (woken.done) continue
      woken.waitsOn = undefined
      this.#queue.push(woken)
    }
  }

  #execute(slot: number, number: number): void {
    this.ordered.add(slot, number)
    this.order(slot, number)
  }
}

/** Everything from `start` along its path to `active` is one component with it. */
const merge = (active: Vertex, start: Vertex): void => {
  let step = start
  while (step !== active) {
    const next = (step.waitsOn as Vertex).representative
    active.absorb(step)
    step = next
  }
}
