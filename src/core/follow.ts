import { tellCommit } from './commit.js'
import { type Epoch, GOSSIPS_PER_GREETING } from './epoch.js'
import type { Instance } from './instance.js'
import type { Follow } from './message.js'
import type { Deps, ReplicaId } from './record.js'
import { tellFrontier } from './repair.js'

/** Observers follow a voter: it tells them every commit as it learns it, and how far it is, so that they can ask for what is missing. */

/** Of a member that does not vote, in place of a voter's gossip. @param round counts the calls */
export const follow = (epoch: Epoch, executed: Deps, round: number): void => {
  if (epoch.suspects(epoch.following)) {
    // The nearest one that is there; without any, the next one, again and again.
    const { nearest, following } = epoch
    const next = nearest[(nearest.indexOf(following) + 1) % nearest.length] ?? following
    epoch.following = nearest.find((slot) => !epoch.suspects(slot)) ?? next
  }
  for (const slot of epoch.nearest) {
    const feed = slot === epoch.following
    // The others have to know that it is there: one of them may decide who votes next.
    if (!feed && round % GOSSIPS_PER_GREETING !== 0) continue
    epoch.outbox.send(epoch.voter(slot), { kind: 'follow', epoch: epoch.number, feed, executed: [...executed] })
  }
}

/** To a member that seems to be in a later epoch: it answers with Sealed. */
export const probe = (epoch: Epoch, member: ReplicaId, executed: Deps): void =>
  epoch.outbox.send(member, { kind: 'follow', epoch: epoch.number, feed: false, executed: [...executed] })

export const onFollow = (epoch: Epoch, from: ReplicaId, message: Follow, lastOwn: number): void => {
  epoch.acknowledged.set(from, { atMs: epoch.now, frontier: message.executed })
  // Longer than the pause between two of its messages, as long as that voters bear with each other.
  if (message.feed) epoch.feeds.set(from, epoch.now + epoch.tuning.suspectMs)
  else epoch.feeds.delete(from)
  tellFrontier(epoch, from, lastOwn)
}

/** So many observers are told each commit at once: few frames, and no delay. */
const MOST_AT_ONCE = 8

/** A commit has become known that may be told. */
export const feed = (epoch: Epoch, instance: Instance): void => {
  if (epoch.feeds.size === 0) return
  epoch.unfed.push(instance)
  if (epoch.feeds.size <= MOST_AT_ONCE) feedNow(epoch)
}

/**
 * Many observers are told several commits together, the less often the more they are: a millisecond for each. So a voter
 * sends them some thousand frames a second, however many follow it, and its own votes don't wait behind those.
 */
export const feedDue = (epoch: Epoch): void => {
  if (epoch.unfed.length > 0 && epoch.now - epoch.fedAtMs >= epoch.feeds.size) feedNow(epoch)
}

/** They are told all that is known by now: as it has to be before the epoch ends here. */
export const feedNow = (epoch: Epoch): void => {
  for (const [observer, untilMs] of epoch.feeds) if (untilMs < epoch.now) epoch.feeds.delete(observer)
  for (const instance of epoch.unfed) tellCommit(epoch, epoch.feeds.keys(), instance)
  epoch.unfed.length = 0
  epoch.fedAtMs = epoch.now
}
