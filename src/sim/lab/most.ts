import type { Ballot, InstanceId, Phase, TraceCell, Value } from '../../core/index.js'
import { Cells } from './cells.js'
import { Timeline } from './timeline.js'

/** How far an epoch has come at all its members together. */
interface Epoch {
  /** Instances to be executed. */
  committed: number
  executed: number
  /** Somebody has executed the seal: what was not executed there never will be. */
  sealed: boolean
}

/**
 * The most that any replica has known of each instance: what is committed comes before all that is accepted, and of that
 * the newest; of what is as far the first, which is the coordinator's. Its position is its place among all that were
 * executed in its epoch, by whoever did it first: no two have the same, and none ever changes.
 */
export class Most {
  readonly cells: Cells = new Cells()
  /** Instances that there are to be executed, over all epochs. */
  readonly due: Timeline<number> = new Timeline()
  /** How far the cells have got. */
  readonly #ranks = new Map<string, number>()
  readonly #epochs: (Epoch | undefined)[] = []

  /** A replica knows this now. */
  compare(atMs: number, epoch: number, cell: TraceCell, votedBallot: Ballot): void {
    // What its coordinator has decided may be lost with the power until it is durable: then it may be told, and has a path.
    if (cell.phase === 'committed' && cell.path === undefined && !cell.executed) return
    const before = this.cells.last(epoch, cell.instance)
    const most = this.#executed(epoch, this.#further(atMs, epoch, before, cell, votedBallot), cell)
    if (most !== before) this.cells.put(atMs, epoch, most)
  }

  /** Somebody has executed the seal of this epoch. */
  seal(atMs: number, of: number): void {
    const epoch = this.#epoch(of)
    if (epoch.sealed) return
    epoch.sealed = true
    epoch.committed = epoch.executed
    this.#count(atMs)
  }

  #further(
    atMs: number,
    epoch: number,
    before: TraceCell | undefined,
    cell: TraceCell,
    votedBallot: Ballot,
  ): TraceCell {
    const key = keyOf(epoch, cell.instance)
    const rank = rankOf(cell.phase, votedBallot)
    let most = before
    if (most === undefined || rank > (this.#ranks.get(key) ?? 0)) {
      most = { ...cell, executed: before?.executed ?? false, position: before?.position ?? 0 }
      this.#ranks.set(key, rank)
      const { sealed } = this.#epoch(epoch)
      if (cell.phase === 'committed' && isExecutable(cell.value) && !sealed) {
        this.#epoch(epoch).committed++
        this.#count(atMs)
      }
    }
    // Whoever has decided it knows how; the others were told.
    if (cell.path !== undefined && (most.path ?? 'told') === 'told' && most.path !== cell.path) {
      most = { ...most, path: cell.path }
    }
    return cell.void && !most.void ? { ...most, void: true } : most
  }

  #executed(epoch: number, most: TraceCell, { executed, position }: TraceCell): TraceCell {
    if (!executed || most.executed) return most
    return { ...most, executed, position: position === 0 ? 0 : ++this.#epoch(epoch).executed }
  }

  #epoch(number: number): Epoch {
    this.#epochs[number] ??= { committed: 0, executed: 0, sealed: false }
    return this.#epochs[number]
  }

  #count(atMs: number): void {
    this.due.push(
      atMs,
      this.#epochs.reduce((sum, epoch) => sum + (epoch?.committed ?? 0), 0),
    )
  }
}

const keyOf = (epoch: number, { slot, number }: InstanceId): string => `${epoch}:${slot}.${number}`

const rankOf = (phase: Phase, votedBallot: Ballot): number => {
  switch (phase) {
    case 'none':
      return 0
    case 'pre-accepted':
      return 1
    case 'accepted':
      return 2 + votedBallot
    case 'committed':
      return Number.POSITIVE_INFINITY
  }
}

/** No-ops are executed by doing nothing: nobody counts them. */
const isExecutable = (value: Value | undefined): boolean => value !== undefined && value.kind !== 'noop'
