import { EpaxosError } from '../core/index.js'

/** A group's state is of a version that this program can't execute. It must not go on with that group. */
export class NeedsUpdate extends EpaxosError {
  override readonly name = 'NeedsUpdate'
  constructor(
    /** The version of the state that the group executes. */
    readonly needed: number,
    /** Those that this program can execute, lowest and highest. */
    readonly versions: readonly [number, number],
  ) {
    const [lowest, highest] = versions
    const cure =
      needed > highest
        ? 'update this program: a reload of the page may do'
        : 'this program is too new: take one that executes that version, until the group has gone on'
    const able = lowest === highest ? `version ${lowest}` : `versions ${lowest} to ${highest}`
    super(`the group's state has version ${needed}, and this program executes ${able} only: ${cure}`)
  }
}
