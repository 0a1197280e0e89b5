/**
 * The newest writer and the newest reader of something, per row: `marks[r]` is the largest number of row r
 * that writes it, `marks[n + r]` the largest that reads it, 0 for none.
 */
export type Marks = number[]

export const newMarks = (n: number): Marks => new Array<number>(2 * n).fill(0)

/** Notes that instance (slot, number) reads or writes it. */
export const mark = (marks: Marks, slot: number, number: number, write: boolean): void => {
  const at = write ? slot : marks.length / 2 + slot
  if (number > (marks[at] as number)) marks[at] = number
}

/** Whether `collect` would raise anything: lets a query skip what is older than what it found already. */
export const raises = (marks: Marks, deps: readonly number[], readers: boolean): boolean => {
  const n = deps.length
  for (let r = 0; r < n; r++) {
    if ((marks[r] as number) > (deps[r] as number)) return true
    if (readers && (marks[n + r] as number) > (deps[r] as number)) return true
  }
  return false
}

/** Raises `deps` to the newest writers, and to the newest readers where they count. */
export const collect = (marks: Marks, deps: number[], readers: boolean): void => {
  const n = deps.length
  for (let r = 0; r < n; r++) {
    const writer = marks[r] as number
    if (writer > (deps[r] as number)) deps[r] = writer
    const reader = marks[n + r] as number
    if (readers && reader > (deps[r] as number)) deps[r] = reader
  }
}
