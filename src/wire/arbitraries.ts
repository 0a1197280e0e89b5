import fc, { type Arbitrary } from 'fast-check'
import {
  ballotOf,
  type Command,
  type Configuration,
  type Deps,
  type ExecutedSet,
  type Fetch,
  type FloorRecord,
  type InstanceRecord,
  MAX_AFTER,
  MAX_BALLOT,
  MAX_FETCH,
  MAX_RECOVER,
  MAX_VOTERS,
  NOOP,
  type Phase,
  type Proposed,
  type Recover,
  type RecoverOk,
  roundOf,
  type Span,
  type Value,
} from '../core/index.js'
import {
  type Introduction,
  type KeptProposal,
  type KnownLife,
  MAX_STARTS,
  MAX_WANTED_CHUNKS,
  type MemberMessage,
  type Place,
  type SnapshotHeader,
  type Standing,
  type Start,
} from '../member/index.js'
import type { CheckpointHeader } from './checkpoint.js'
import type { Invite } from './invite.js'
import {
  MAX_BATCHES,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_EPOCH,
  MAX_INCARNATION,
  MAX_NUMBER,
  MAX_VERSION,
} from './limits.js'
import type { Packet } from './packet.js'
import type { RecordBatch } from './record.js'

/** Test equipment: random values of everything that crosses the wire, for fast-check. */

/** Ordinary objects: fast-check's own choice would mix in some without a prototype. */
const record = <T>(fields: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> =>
  fc.record(fields, { noNullPrototype: true })

export const id: Arbitrary<string> = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))

/** Small numbers, the limits of each width of CBOR integer, and anything between. */
const whole = (min: number, max: number): Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min, max: min + 30 }),
    fc.constantFrom(
      ...[23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, max].filter((n) => n >= min && n <= max),
    ),
    fc.maxSafeInteger().map((n) => min + (Math.abs(n) % (max - min + 1))),
  )

const epoch = whole(0, MAX_EPOCH)
const slot = fc.nat({ max: MAX_VOTERS - 1 })
const number = whole(1, MAX_NUMBER)
const instance = record({ slot, number })
const about = { epoch, instance }
const upTo = whole(0, MAX_NUMBER)
const deps: Arbitrary<Deps> = fc.array(upTo, { minLength: 1, maxLength: MAX_VOTERS })
/** Of one length. */
const threeDeps: Arbitrary<readonly [Deps, Deps, Deps]> = fc
  .array(fc.tuple(upTo, upTo, upTo), { minLength: 1, maxLength: MAX_VOTERS })
  .map((rows) => [rows.map(([a]) => a), rows.map(([, b]) => b), rows.map(([, , c]) => c)])

const maxRound = roundOf(MAX_BALLOT)
const recoveryBallot = fc.tuple(whole(1, maxRound), slot).map(([round, of]) => ballotOf(round, of))
const ballot = fc.oneof(fc.constant(0), recoveryBallot)

/** Any text that has a UTF-8 form; some of it longer than 64 bytes and led by a byte order mark. */
export const key: Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 70, maxLength: 100 }).map((rest) => `\ufeff${rest}`),
)

const span: Arbitrary<Span> = fc.oneof(
  record({ kind: fc.constant('key' as const), write: fc.boolean(), key }),
  record({
    kind: fc.constant('range' as const),
    write: fc.boolean(),
    from: key,
    to: fc.option(key, { nil: undefined }),
  }).filter(({ from, to }) => to === undefined || from < to),
)

const sequence = whole(1, Number.MAX_SAFE_INTEGER)
/** All below the sequence. */
const place: Arbitrary<Place> = record({
  session: id,
  sequence,
  acknowledged: whole(0, Number.MAX_SAFE_INTEGER),
  after: fc.array(sequence, { maxLength: MAX_AFTER }),
}).map(({ session, sequence, acknowledged, after }) => ({
  session,
  sequence,
  acknowledged: acknowledged % sequence,
  after: [...new Set(after.map((earlier) => earlier % sequence))].filter((it) => it > 0).sort((a, b) => a - b),
}))

const proposal = { spans: fc.array(span, { maxLength: 4 }), payload: fc.uint8Array({ maxLength: 300 }) }

const command: Arbitrary<Command> = record({ ...proposal, place }).map(({ spans, payload, place }) => ({
  spans,
  payload,
  ...place,
}))

const batch = record({
  kind: fc.constant('commands' as const),
  commands: fc.array(command, { minLength: 1, maxLength: 3 }),
})
const sweep = record({ kind: fc.constant('sweep' as const), payload: fc.uint8Array({ maxLength: 300 }) })
const version = whole(1, MAX_VERSION)
const configuration: Arbitrary<Configuration> = record({
  number: epoch,
  voters: fc.uniqueArray(id, { minLength: 1, maxLength: MAX_VOTERS }).map((ids) => ids.sort()),
  wireVersion: version,
  stateVersion: version,
})
const seal = record({ kind: fc.constant('seal' as const), next: configuration })
const proposed: Arbitrary<Proposed> = fc.oneof(
  { weight: 3, arbitrary: batch },
  { weight: 1, arbitrary: sweep },
  { weight: 1, arbitrary: seal },
)
const value: Arbitrary<Value> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(NOOP) },
  { weight: 2, arbitrary: proposed },
)

const optional = <T>(present: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(present, { nil: undefined })

/** Two ballots, the second at most the first. */
const ballots = fc
  .tuple(recoveryBallot, ballot)
  .map(([a, b]) => ({ ballot: Math.max(a, b), votedBallot: Math.min(a, b) }))
const phase: Arbitrary<Phase> = fc.constantFrom('none', 'pre-accepted', 'accepted', 'committed')
const isVoted = (it: Phase): boolean => it === 'accepted' || it === 'committed'

const recoverOk: Arbitrary<RecoverOk> = record({
  ...about,
  ballots,
  phase,
  value,
  vectors: threeDeps,
  initKnown: fc.boolean(),
  committedAt: ballot,
}).map(({ vectors: [deps, initDeps], ...it }) => ({
  kind: 'recover-ok',
  epoch: it.epoch,
  instance: it.instance,
  ballot: it.ballots.ballot,
  votedBallot: { none: 0, 'pre-accepted': 0, accepted: it.ballots.votedBallot, committed: it.committedAt }[it.phase],
  phase: it.phase,
  value: it.phase === 'none' ? undefined : it.value,
  deps: it.phase === 'none' ? undefined : deps,
  initDeps: it.phase === 'pre-accepted' || (isVoted(it.phase) && it.initKnown) ? initDeps : undefined,
}))

const kind = <K extends MemberMessage['kind']>(word: K): Arbitrary<K> => fc.constant(word)

/** A stretch of a row, of at most so many instances. */
const stretch = (most: number) =>
  record({ epoch, slot, from: whole(1, MAX_NUMBER - most), more: fc.nat({ max: most - 1 }) }).map(
    ({ more, ...it }) => ({ ...it, to: it.from + more }),
  )

const fetch: Arbitrary<Fetch> = stretch(MAX_FETCH).map((it) => ({ kind: 'fetch', ...it }))

const recover: Arbitrary<Recover> = fc
  .tuple(stretch(MAX_RECOVER), recoveryBallot)
  .map(([it, of]) => ({ kind: 'recover', ...it, ballot: of }))

/** Of so many rows: how far everything was executed, and some numbers that leave a gap above. */
const executedOf = (rows: number): Arbitrary<ExecutedSet> =>
  fc
    .array(
      record({ frontier: whole(0, MAX_NUMBER / 2), gaps: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }) }),
      { minLength: rows, maxLength: rows },
    )
    .map((rows) => ({
      frontier: rows.map(({ frontier }) => frontier),
      beyond: rows.map(({ frontier, gaps }) => {
        let last = frontier + 1
        return gaps.map((gap) => {
          last += gap
          return last
        })
      }),
    }))

/** An epoch, and how far it has gone. */
const progress = configuration.chain((it) =>
  record({ configuration: fc.constant(it), executed: executedOf(it.voters.length) }),
)

const header: Arbitrary<SnapshotHeader> = fc
  .tuple(progress, fc.array(whole(0, 2 ** 32 - 1), { maxLength: 20 }), fc.nat())
  .map(([it, checksums, bytes]) => ({ ...it, bytes: bytes % (checksums.length * MAX_CHUNK_BYTES + 1), checksums }))

const snapshot = whole(0, Number.MAX_SAFE_INTEGER)

const sealed = fc
  .tuple(epoch, configuration, fc.option(deps, { nil: undefined }))
  .map(([epoch, next, committed]) => ({
    kind: 'sealed' as const,
    epoch: Math.min(epoch, next.number),
    next: { ...next, number: Math.max(epoch, next.number) },
    committed,
  }))
  .filter(({ epoch, next }) => epoch < next.number)

const wantChunks = record({
  snapshot,
  from: fc.nat({ max: MAX_CHUNKS - MAX_WANTED_CHUNKS }),
  more: fc.nat({ max: MAX_WANTED_CHUNKS - 1 }),
}).map(({ snapshot, from, more }) => ({ kind: 'want-chunks' as const, snapshot, from, to: from + more }))

const uint32 = whole(0, 2 ** 32 - 1)
const parts = fc
  .uniqueArray(fc.tuple(key, uint32), { selector: ([name]) => name, maxLength: 5 })
  .map((it) => it.sort(([a], [b]) => (a < b ? -1 : 1)))
const spot = fc.string({ unit: 'binary', maxLength: 30 })
const counted = { state: uint32, parts, since: optional(spot) }

export const message: Arbitrary<MemberMessage> = fc.oneof(
  record({ kind: kind('pre-accept'), ...about, value: proposed, deps }),
  record({ kind: kind('pre-accept-ok'), ...about, deps }),
  record({ kind: kind('accept'), ...about, ballot, value, deps }),
  record({ kind: kind('accept-ok'), ...about, ballot }),
  record({ kind: kind('nack'), ...about, ballot }),
  record({ kind: kind('commit'), ...about, value: optional(value), deps }),
  recover,
  recoverOk,
  record({ kind: kind('validate'), ...about, ballot: recoveryBallot, value: proposed, deps }),
  record({
    kind: kind('validate-ok'),
    ...about,
    ballot: recoveryBallot,
    conflicts: fc.array(record({ slot, number, committed: fc.boolean() }), { maxLength: 5 }),
  }),
  record({ kind: kind('waiting'), ...about, unchanged: fc.nat({ max: MAX_VOTERS }) }),
  fetch,
  record({ epoch, last: upTo, vectors: threeDeps, lastThen: upTo }).map(
    ({ epoch, last, vectors: [committed, executed, floor], lastThen }) => ({
      kind: 'frontier' as const,
      epoch,
      last,
      committed,
      executed,
      mark: { floor, last: lastThen },
    }),
  ),
  record({ kind: kind('follow'), epoch, feed: fc.boolean(), executed: deps }),
  record({ kind: kind('gone'), epoch, slot, upTo: number }),
  sealed,
  record({ kind: kind('propose'), command }),
  record({ kind: kind('want-snapshot'), cut: optional(epoch) }),
  record({ kind: kind('offer'), snapshot, header }),
  wantChunks,
  record({
    kind: kind('chunk'),
    snapshot,
    index: fc.nat({ max: MAX_CHUNKS - 1 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  }),
  record({ kind: kind('no-snapshot') }),
  record({ kind: kind('goodbye') }),
  record({ kind: kind('notice') }),
  record({ kind: kind('noted'), inEpoch: epoch }),
  record({
    kind: kind('digest'),
    epoch,
    executed: deps,
    ...counted,
    ended: optional(record({ ...counted, place: spot })),
  }),
)

const versions: Arbitrary<readonly [number, number]> = fc
  .tuple(version, version)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)])

const standing: Arbitrary<Standing> = record({
  durable: fc.boolean(),
  place: id,
  ageMs: whole(0, Number.MAX_SAFE_INTEGER),
  stateVersions: versions,
  wireVersions: versions,
})

const incarnation = whole(1, MAX_INCARNATION)
const batches = whole(0, MAX_BATCHES)

const start = record({ count: incarnation, nonce: id, batches })

export const introduction: Arbitrary<Introduction> = fc
  .tuple(incarnation, id, fc.array(whole(0, 2 ** 40), { minLength: 1, maxLength: 8 }))
  .map(([count, nonce, begun]) => {
    let held = 0
    const starts = Array.from({ length: Math.min(count, MAX_STARTS) }, (_, index) => {
      held += begun[index % begun.length] as number
      // Another one for each start, of few random bytes: there are hundreds.
      const own = index.toString(16).padStart(4, '0') + nonce.slice(4)
      return { count: Math.max(count - MAX_STARTS, 0) + 1 + index, nonce: own, batches: held }
    })
    return { start: starts.at(-1) as Start, earlier: starts.slice(0, -1) }
  })

export const lives: Arbitrary<readonly KnownLife[]> = fc.array(record({ replica: id, start, batches }), {
  maxLength: MAX_VOTERS,
})

const presence = fc.uniqueArray(fc.tuple(id, fc.uint8Array({ maxLength: 300 })), {
  selector: ([tab]) => tab,
  maxLength: 4,
})

export const packet: Arbitrary<Packet> = fc.oneof(
  record({
    kind: fc.constant('messages' as const),
    group: id,
    incarnation,
    batches,
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
  }),
  record({ introduction, group: id, configuration: optional(configuration), standing, answer: fc.boolean() }).map(
    ({ introduction: { start, earlier }, ...it }) => ({ kind: 'greeting' as const, start, earlier, ...it }),
  ),
  record({ kind: fc.constant('refused' as const), group: id, incarnation, refused: start, known: start }),
  record({ kind: fc.constant('presence' as const), group: id, incarnation, entries: presence }),
)

export const checkpointHeader: Arbitrary<CheckpointHeader> = record({
  group: id,
  progress,
  chunks: whole(0, MAX_CHUNKS),
}).map(({ group, progress, chunks }) => ({ group, ...progress, chunks }))

/** Half of those that know an initial value hold the same object as their value. */
export const instanceRecord: Arbitrary<InstanceRecord> = record({
  ...about,
  phase,
  ballots,
  value,
  vectors: threeDeps,
  other: optional(value),
  initKnown: fc.boolean(),
  same: fc.boolean(),
}).map(({ vectors: [deps, initDeps], ...it }) => ({
  epoch: it.epoch,
  instance: it.instance,
  phase: it.phase,
  value: it.phase === 'none' && !it.same ? undefined : it.value,
  deps: it.phase === 'none' ? undefined : deps,
  initValue: it.same ? it.value : it.other,
  initDeps: it.initKnown ? initDeps : undefined,
  ballot: it.ballots.ballot,
  votedBallot: isVoted(it.phase) ? it.ballots.votedBallot : 0,
}))

const floor: Arbitrary<FloorRecord> = record({ epoch, vectors: threeDeps, last: upTo }).map(
  ({ epoch, vectors: [stable, drop], last }) => ({ epoch, stable, last, drop }),
)

export const recordBatch: Arbitrary<RecordBatch> = record({
  group: id,
  incarnation,
  records: fc.array(instanceRecord, { maxLength: 5 }),
  floor: optional(floor),
  compacted: fc.boolean(),
})

export const keptProposal: Arbitrary<KeptProposal> = record({ id, ...proposal, place: optional(place) })

export const invite: Arbitrary<Invite> = record({
  group: id,
  key: fc.nat(0xffff_ffff),
  secret: id,
  relay: optional(fc.webUrl({ validSchemes: ['ws', 'wss'], size: 'large' }).filter(({ length }) => length <= 512)),
})
