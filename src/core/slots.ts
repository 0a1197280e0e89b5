/** A set of slots, as a number with a bit for each: a group has at most 9 voters. Slots are noted for every instance. */
export type Slots = number

export const NO_SLOTS: Slots = 0

/** Of a group of n. */
export const allSlots = (n: number): Slots => (1 << n) - 1

export const hasSlot = (slots: Slots, slot: number): boolean => (slots & (1 << slot)) !== 0

export const withSlot = (slots: Slots, slot: number): Slots => slots | (1 << slot)

export const slotsOf = (slots: Iterable<number>): Slots => {
  let all = NO_SLOTS
  for (const slot of slots) all = withSlot(all, slot)
  return all
}

export const countSlots = (slots: Slots): number => {
  let count = 0
  // Takes out the lowest, one after the other.
  for (let left = slots; left !== 0; left &= left - 1) count++
  return count
}
