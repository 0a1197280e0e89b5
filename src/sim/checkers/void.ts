import type { Committed } from './agreement.js'
import { show, Violation } from './violation.js'

/**
 * What an epoch has executed, judged by its committed instances alone: everything that the seal depends on, and of what
 * depends on the seal in turn only what is ordered before it. All else is void, also where it is committed.
 * @param executed all that was executed in it, the seal included
 * @returns the commands that are committed, and void
 */
export const checkVoid = (
  epoch: number,
  commits: Iterable<Committed>,
  executed: ReadonlySet<string>,
): readonly Committed[] => {
  const known = new Map<string, Committed>()
  for (const one of commits) known.set(show(one.id), one)
  const refuse = (what: string): never => {
    throw new Violation('void', `epoch ${epoch}: ${what}`)
  }
  const seal = [...executed].map((name) => known.get(name)).find((one) => one?.value.kind === 'seal')
  if (seal === undefined) return refuse('it has ended, and none of its seals is known to be committed')

  const needed = new Map([[show(seal.id), seal]])
  const upTo = seal.deps.map(() => 0)
  for (const { deps } of needed.values()) {
    deps.forEach((last, slot) => {
      for (let number = (upTo[slot] as number) + 1; number <= last; number++) {
        const name = show({ slot, number })
        needed.set(name, known.get(name) ?? refuse(`${name} comes before the seal, and nobody has committed it`))
      }
      upTo[slot] = Math.max(upTo[slot] as number, last)
    })
  }

  // Per row, the lowest number of those that depend on the seal in turn: they are one component with it.
  const lowest = seal.deps.map((_, slot) => (slot === seal.id.slot ? seal.id.number : Number.POSITIVE_INFINITY))
  const inComponent = ({ deps }: Committed): boolean => deps.some((last, slot) => last >= (lowest[slot] as number))
  for (let size = -1, members = [seal]; members.length > size; ) {
    size = members.length
    members = [...needed.values()].filter((one) => one === seal || inComponent(one))
    for (const { id } of members) lowest[id.slot] = Math.min(lowest[id.slot] as number, id.number)
  }
  const before = ({ id }: Committed): boolean =>
    id.number < seal.id.number || (id.number === seal.id.number && id.slot < seal.id.slot)
  const legal = new Set<string>()
  for (const [name, one] of needed) {
    if (one === seal || (inComponent(one) && !before(one))) continue
    if (one.value.kind === 'seal') refuse(`the seal ${name} comes before ${show(seal.id)}, which was executed`)
    if (one.value.kind !== 'noop') legal.add(name)
  }
  for (const name of executed)
    if (!legal.has(name) && known.get(name) !== seal) refuse(`${name} was executed, and is void`)
  for (const name of legal) if (!executed.has(name)) refuse(`${name} comes before the seal, and was not executed`)
  return [...known.values()].filter(
    ({ id, value }) => value.kind !== 'noop' && value.kind !== 'seal' && !executed.has(show(id)),
  )
}
