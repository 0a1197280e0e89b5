import type { Chronicle, EpochView } from 'epaxos/sim'

/** The epochs that somebody had entered by then. */
export const epochsBy = ({ epochs }: Chronicle, atMs: number): readonly EpochView[] =>
  epochs.filter(({ fromMs }, index) => index === 0 || fromMs <= atMs)

export const currentEpoch = (chronicle: Chronicle, atMs: number): EpochView => {
  const newest = epochsBy(chronicle, atMs).at(-1)
  if (newest === undefined) throw new RangeError('a run of the Lab has a first epoch')
  return newest
}
