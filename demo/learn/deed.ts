import { type Chronicle, deedInWords } from 'epaxos/sim'

/** What became of an instance, `0.1`, by then; undefined where nothing was heard of it. */
export const deedOf = (run: Chronicle, key: string, atMs: number): string | undefined => {
  const [slot = 0, number = 0] = key.split('.').map(Number)
  const last = run.happenings.findLast(
    (each) => each.atMs <= atMs && 'instance' in each && each.instance.slot === slot && each.instance.number === number,
  )
  return last !== undefined && 'epoch' in last ? deedInWords(run, last.epoch, { slot, number }, atMs) : undefined
}
