/** What one thing costs, as often as it was measured. */
export interface Figure {
  /** Undefined where there is only one. */
  readonly name: string | undefined
  readonly unit: 'µs' | 'ms'
  readonly values: readonly number[]
  /** As it should be: not at all, or in proportion to what is varied. */
  readonly grows: 'flat' | 'linear'
}

/** What one step has come to. */
export interface Step {
  readonly figures: readonly Figure[]
  /** It took longer than a step may: some values, or all, are missing. */
  readonly cut: boolean
}

/** Of this process, all its threads: the collector's and the compiler's count. */
export const spentMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Until the compiler has seen it often enough. */
const WARM_MICROS = 700_000
/** Of one value: above what the collector takes at a time. */
const VALUE_MICROS = 300_000
/** A step that takes longer is ended, and said to have been. */
const STEP_MICROS = 20_000_000

export interface Plan {
  /** Values to be had. */
  readonly repeats: number
  /** Things done for each value, at least. Default: 1. */
  readonly least?: number
  /** Comes before everything: does a little at a time, until it returns false. */
  readonly prepare?: () => boolean
  /** What is read before and after. Default: the processor time of this process. */
  readonly clocks?: readonly (() => number)[]
}

/**
 * Does some work again and again, first to warm up, then for each value.
 * @param work does a little of it, and returns how many things it has done
 * @returns by clock, for each value how far it has moved for one thing
 */
export const costsOf = async (
  { repeats, least = 1, prepare = () => false, clocks = [spentMicros] }: Plan,
  work: () => number | Promise<number>,
): Promise<{ readonly values: readonly (readonly number[])[]; readonly cut: boolean }> => {
  const values: number[][] = clocks.map(() => [])
  const began = spentMicros()
  const isOver = (): boolean => spentMicros() - began > STEP_MICROS
  const spend = async (micros: number): Promise<number> => {
    const start = spentMicros()
    let things = 0
    do things += await work()
    while (!isOver() && (things < least || spentMicros() - start < micros))
    return things
  }
  while (!isOver() && prepare());
  await spend(WARM_MICROS)
  for (let i = 0; i < repeats && !isOver(); i++) {
    const before = clocks.map((clock) => clock())
    const things = await spend(VALUE_MICROS)
    // One that was ended before it had come to anything is none.
    if (things < least) break
    for (const [at, clock] of clocks.entries()) values[at]?.push((clock() - (before[at] as number)) / things)
  }
  return { values, cut: values.some((some) => some.length < repeats) }
}
