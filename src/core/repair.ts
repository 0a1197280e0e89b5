import { tellCommit } from './commit.js'
import type { CatchUp, Epoch } from './epoch.js'
import { MAX_FETCH, valueBytes } from './limits.js'
import type { Fetch, Frontier, Sealed } from './message.js'
import { pursue } from './pursue.js'
import type { Deps, ReplicaId } from './record.js'

/** Who is missing commits asks who has them: gossip of frontiers, fetching in ranges (protocol §8). */

/** What a commit takes beside its commands, about. */
const COMMIT_BYTES = 64

/**
 * A member is told no more bytes of commands between two ticks, however often it asks, and then where this replica is:
 * what is left is asked for again.
 */
const MAX_ANSWER_BYTES = 1 << 20

const frontierOf = (epoch: Epoch, lastOwn: number): Frontier => ({
  kind: 'frontier',
  epoch: epoch.number,
  last: lastOwn,
  committed: [...epoch.rows.committed],
  executed: epoch.floors.executedBy(epoch.me),
  mark: epoch.floors.mark,
})

/** To every other voter; its floors are durable before they are told [H23]. */
export const gossip = (epoch: Epoch, lastOwn: number): void => {
  const message = frontierOf(epoch, lastOwn)
  epoch.floors.told(epoch.me)
  for (const voter of epoch.voters) if (voter !== epoch.id) epoch.outbox.report(epoch.floors, voter, message)
}

/** The same to one member. */
export const tellFrontier = (epoch: Epoch, to: ReplicaId, lastOwn: number): void =>
  epoch.outbox.report(epoch.floors, to, frontierOf(epoch, lastOwn))

export const onFrontier = (epoch: Epoch, from: number, message: Frontier): void => {
  const { rows, floors } = epoch
  rows.used[from] = Math.max(rows.used[from] as number, message.last)
  floors.executed(from, message.executed)
  floors.marked(from, message.mark)
  epoch.reported.add(from)
  epoch.acknowledged.set(epoch.voter(from), { atMs: epoch.now, frontier: message.committed })
  catchUpWith(epoch, epoch.voter(from), message.committed)
}

/** A member knows the commits of each row up to there: what is missing here is asked of it. */
export const catchUpWith = (epoch: Epoch, from: ReplicaId, theirs: Deps): void => {
  const { committed } = epoch.rows
  for (let slot = 0; slot < committed.length; slot++) {
    const mine = committed[slot] as number
    const upTo = theirs[slot] as number
    if (upTo <= mine || answering(epoch, slot, from)) continue
    epoch.catchUps[slot] = { from, upTo, to: 0, after: mine, askedAtMs: epoch.now }
    fetchNext(epoch, slot)
  }
}

/**
 * Whether an answer is still on its way. Once the one asked says where it is, after some of its answer has come,
 * it has sent all that it will.
 */
const answering = (epoch: Epoch, slot: number, from: ReplicaId): boolean => {
  const running = epoch.catchUps[slot]
  if (running === undefined || epoch.now - running.askedAtMs >= epoch.tuning.gossipMs) return false
  return running.from !== from || (epoch.rows.committed[slot] as number) === running.after
}

/** The committed frontier of a row has moved: goes on asking where a range has come in whole. */
export const onAdvance = (epoch: Epoch, slot: number): void => {
  const catchUp = epoch.catchUps[slot]
  if (catchUp !== undefined && (epoch.rows.committed[slot] as number) >= catchUp.to) fetchNext(epoch, slot)
}

const fetchNext = (epoch: Epoch, slot: number): void => {
  const catchUp = epoch.catchUps[slot] as CatchUp
  const from = (epoch.rows.committed[slot] as number) + 1
  if (from > catchUp.upTo) {
    epoch.catchUps[slot] = undefined
    return
  }
  catchUp.to = Math.min(catchUp.upTo, from + MAX_FETCH - 1)
  catchUp.after = from - 1
  catchUp.askedAtMs = epoch.now
  epoch.outbox.send(catchUp.from, { kind: 'fetch', epoch: epoch.number, slot, from, to: catchUp.to })
}

/** @param stopped called where the answer stops before its end: what is left is to be asked for again */
export const onFetch = (epoch: Epoch, from: ReplicaId, message: Fetch, stopped: () => void): void => {
  let bytes = epoch.answered.get(from) ?? 0
  if (bytes > MAX_ANSWER_BYTES) return
  for (const instance of epoch.rows.between(message.slot, message.from, message.to)) {
    if (!instance.learned) continue
    tellCommit(epoch, [from], instance)
    bytes += COMMIT_BYTES + valueBytes(instance.value)
    epoch.answered.set(from, bytes)
    if (bytes > MAX_ANSWER_BYTES) return stopped()
  }
}

/** This epoch is over elsewhere: up to the seal the commits are fetched, where they can still be had. */
export const onSealed = (epoch: Epoch, from: ReplicaId, { next, committed }: Sealed): void => {
  if (committed !== undefined) catchUpWith(epoch, from, committed)
  else if ((epoch.lost?.configuration.number ?? 0) < next.number) epoch.lost = { from, configuration: next }
}

/** An observer is blocked by what is not committed here either: it is recovered for it, as far as some dependency names it. */
export const recoverFor = (epoch: Epoch, { slot, from, to }: Fetch): void => {
  const first = Math.max(from, (epoch.rows.dropped[slot] as number) + 1)
  const last = Math.min(to, epoch.rows.named[slot] as number)
  for (let number = first; number <= last; number++) pursue(epoch, epoch.rows.at({ slot, number }))
}

/** Instances of one row pursued at a time: what a coordinator can leave behind is done in a few such windows. */
const MAX_PURSUED = 1024

/** Pursues what is open in the rows of voters that are suspected, and what own earlier lives have left open [H21]. */
export const pursueOpen = (epoch: Epoch, lastOwnBefore: number): void => {
  pursueRow(epoch, epoch.me, lastOwnBefore)
  for (let slot = 0; slot < epoch.voters.length; slot++) {
    if (epoch.suspects(slot)) pursueRow(epoch, slot, epoch.rows.horizon(slot))
  }
}

/** Pursues the open instances at the low end of a row: something waits for all of them, or their coordinator is gone. */
export const pursueRow = (epoch: Epoch, slot: number, upTo: number): void => {
  const first = (epoch.rows.committed[slot] as number) + 1
  const last = Math.min(upTo, first + MAX_PURSUED - 1)
  for (let number = first; number <= last; number++) pursue(epoch, epoch.rows.at({ slot, number }))
}
