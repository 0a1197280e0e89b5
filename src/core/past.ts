import type { Configuration } from './configuration.js'
import type { Epoch } from './epoch.js'
import type { Message } from './message.js'
import type { ReplicaId } from './record.js'
import { onFetch } from './repair.js'

/** An observer that has lost the seal asks for it within a few gossips; later a snapshot serves it. */
const PAST_MS = 10_000

/** The epoch before the present one, as long as somebody may need its commits. */
export class Past {
  constructor(
    readonly epoch: Epoch,
    /** When the present one began here. */
    readonly sinceMs: number,
  ) {}

  /** A voter serves all voters of the present epoch, one that was removed a quorum; and both whoever has missed the seal, for a while. */
  isOver({ reported, voters, me, quorums, now }: Epoch): boolean {
    return now - this.sinceMs >= PAST_MS && reported.size >= (me >= 0 ? voters.length : quorums.slow)
  }
}

/**
 * An epoch that is over here: it is not voted in any more. Who is still in it is told so, and the commits up to the
 * seal, until all who need them have the next epoch's state (protocol §9).
 * @param past undefined where nothing is left of it
 */
export const answerSealed = (
  present: Epoch,
  past: Epoch | undefined,
  next: Configuration,
  from: ReplicaId,
  message: Message,
): void => {
  const tell = (told: Epoch | undefined): void =>
    present.outbox.send(from, {
      kind: 'sealed',
      epoch: message.epoch,
      next,
      committed: told && [...told.rows.committed],
    })
  switch (message.kind) {
    case 'fetch': {
      if (past === undefined || past.rows.n <= message.slot) return tell(past)
      // Every voter has durably executed what is dropped: an observer that has not needs a snapshot.
      if (message.from <= (past.rows.dropped[message.slot] as number)) return tell(undefined)
      return onFetch(past, from, message, () => tell(past))
    }
    case 'pre-accept':
    case 'accept':
    case 'recover':
    case 'validate':
    case 'frontier':
    case 'follow':
      return tell(past)
  }
}
