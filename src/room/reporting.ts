import type { ReplicaId } from '../core/index.js'
import type { Answer, Diverged, MemberCheckpoint, MemberReady } from '../member/index.js'
import type { LinkStatus } from '../transport/index.js'
import type { LogFields, Logger, Meter, RoomRole } from './contract.js'

/** All that a room counts and measures; docs/observability.md says what each is. */
export const METRICS = {
  proposals: 'epaxos.proposals',
  rejections: 'epaxos.rejections',
  answers: 'epaxos.answers',
  answerTime: 'epaxos.answer.time',
  commitTime: 'epaxos.commit.time',
  commits: 'epaxos.commits',
  recoveries: 'epaxos.recoveries',
  divergences: 'epaxos.divergences',
  packetsSent: 'epaxos.sent.packets',
  bytesSent: 'epaxos.sent.bytes',
  packetsReceived: 'epaxos.received.packets',
  bytesReceived: 'epaxos.received.bytes',
  dropped: 'epaxos.dropped',
  cutOff: 'epaxos.peer.cut_off',
  quarantined: 'epaxos.storage.quarantined',
  batches: 'epaxos.batches',
  writeTime: 'epaxos.write.time',
  snapshotBytes: 'epaxos.snapshot.bytes',
  restarts: 'epaxos.restarts',
} as const

type Metric = (typeof METRICS)[keyof typeof METRICS]

/** Why something that came, or was to leave, was dropped. */
export type Dropped =
  /** A packet that could not be read. */
  | 'unreadable'
  /** A message that no member can have sent. */
  | 'impossible'
  /** A packet of another group, of a stranger, of a peer's earlier life, or of one that must not vote any more. */
  | 'stranger'
  /** A packet of a member that is cut off. */
  | 'cut-off'
  /** A packet too large for anybody to take: it was not sent. */
  | 'oversized'

export interface ReporterOptions {
  readonly logger?: Logger
  readonly meter?: Meter
}

/**
 * Tells a room's logger and meter what happens. Each call stands where that has happened, as `reporter?.sent(bytes)`: with
 * neither of the two there is no reporter, and nothing is done. What they throw is dropped: a room goes on without them.
 */
export class Reporter {
  readonly #replica: ReplicaId
  readonly #logger: Logger | undefined
  readonly #meter: Meter | undefined
  /** As they were told last. */
  #role: RoomRole | undefined
  #link: Pick<LinkStatus, 'state' | 'reason'> | undefined

  /** Undefined where nobody wants to be told. */
  static of({ logger, meter }: ReporterOptions, replica: ReplicaId): Reporter | undefined {
    return logger === undefined && meter === undefined ? undefined : new Reporter(replica, logger, meter)
  }

  private constructor(replica: ReplicaId, logger: Logger | undefined, meter: Meter | undefined) {
    this.#replica = replica
    this.#logger = logger
    this.#meter = meter
  }

  // What becomes of proposals: told in the tab that has made them.

  proposed(): void {
    this.#count(METRICS.proposals)
  }

  /** It was not proposed: a mutator's call has rejected with that. */
  rejected(error: unknown): void {
    this.#count(METRICS.rejections, 1, { error: error instanceof Error ? error.name : 'unknown' })
  }

  /** @param ms since it was proposed */
  committed(ms: number): void {
    this.#time(METRICS.commitTime, ms)
  }

  /** @param ms since it was proposed */
  answered(kind: Answer['kind'], ms: number): void {
    this.#count(METRICS.answers, 1, { kind })
    this.#time(METRICS.answerTime, ms, { kind })
  }

  // What the member does, and what becomes of it.

  started(incarnation: number, durable: boolean): void {
    if (incarnation > 1) this.#count(METRICS.restarts)
    this.#log('info', incarnation > 1 ? 'the replica was started again' : 'the replica was started', {
      incarnation,
      durable,
    })
  }

  /** To be called with every ready that is handled. */
  handled({ events, checkpoint, cut }: MemberReady): void {
    for (const event of events) {
      if (event.kind === 'committed') this.#count(METRICS.commits, 1, { path: event.path })
      else if (event.kind === 'recovery') this.#count(METRICS.recoveries, 1, { rule: event.rule })
      else if (event.kind === 'epoch') {
        const { number, voters, stateVersion } = event.configuration
        this.#log('info', 'an epoch has begun', { epoch: number, voters: voters.join(' '), stateVersion })
      } else if (event.kind === 'installed') {
        const { from, bytes, resumed } = event
        this.#count(METRICS.snapshotBytes, bytes, { direction: 'received' })
        this.#log('info', 'a snapshot has taken the place of the state', { from, bytes, resumed })
      } else if (event.kind === 'diverged') this.#diverged(event)
      else if (event.kind === 'disagreement') {
        const { slot, number } = event.instance
        this.#log('error', 'a peer knows another commit of an instance: some replica is broken', { slot, number })
      }
    }
    for (const state of [checkpoint, cut]) if (state !== undefined) this.#stored(state)
  }

  /** Also where it is as it was. */
  role(role: RoomRole, reason: string | undefined): void {
    if (role === this.#role) return
    const before = this.#role
    this.#role = role
    this.#log(role === 'stopped' ? 'error' : 'info', `the replica is ${role}`, { role, before, reason })
  }

  /** This tab has taken over the member that another one had. */
  tookOver(): void {
    this.#log('info', 'this tab has taken over the replica of another one')
  }

  // Others, and the way to them.

  met(peer: ReplicaId): void {
    this.#log('debug', 'a peer has introduced itself', { peer })
  }

  went(peer: ReplicaId): void {
    this.#log('debug', 'a peer has gone', { peer })
  }

  /** Also where only the peers have changed. */
  link({ state, reason }: Pick<LinkStatus, 'state' | 'reason'>): void {
    if (state === this.#link?.state && reason === this.#link.reason) return
    this.#link = { state, reason }
    const well = state === 'open' || reason === undefined
    this.#log(well ? 'info' : state === 'closed' ? 'error' : 'warn', `the link is ${state}`, { state, reason })
  }

  /** A packet of that many bytes was given to the link. */
  sent(bytes: number): void {
    this.#count(METRICS.packetsSent)
    this.#count(METRICS.bytesSent, bytes)
  }

  received(bytes: number): void {
    this.#count(METRICS.packetsReceived)
    this.#count(METRICS.bytesReceived, bytes)
  }

  dropped(why: Dropped): void {
    this.#count(METRICS.dropped, 1, { why })
  }

  /** A member has broken the rules, and is not listened to for a while. */
  cutOff(member: ReplicaId, reason: string): void {
    this.#count(METRICS.cutOff, 1, { reason })
    this.#log('warn', 'a member is cut off', { member, reason })
  }

  // The storage.

  /** What an earlier identity has stored can't be trusted any more. */
  quarantined(replica: ReplicaId): void {
    this.#count(METRICS.quarantined)
    this.#log('warn', 'a storage could not be trusted and is left aside', { stored: replica })
  }

  /** A batch of records is durable. @param ms since it was given to the storage */
  wrote(ms: number): void {
    this.#count(METRICS.batches)
    this.#time(METRICS.writeTime, ms)
  }

  storageFailed(reason: string): void {
    this.#log('error', 'the storage has failed', { reason })
  }

  #diverged({ member, mutators }: Diverged): void {
    this.#count(METRICS.divergences)
    const named = mutators.length === 0 ? undefined : mutators.join(' ')
    this.#log(
      'error',
      'a member that has executed the same holds another state: some mutator is not deterministic, or their code differs',
      { member, mutators: named },
    )
  }

  #stored({ chunks }: MemberCheckpoint): void {
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
    this.#count(METRICS.snapshotBytes, bytes, { direction: 'stored' })
  }

  #log(level: keyof Logger, message: string, fields: LogFields = {}): void {
    attempt(() => this.#logger?.[level](message, { replica: this.#replica, ...fields }))
  }

  #count(name: Metric, amount: number = 1, attributes?: LogFields): void {
    attempt(() => this.#meter?.count(name, amount, attributes))
  }

  #time(name: Metric, ms: number, attributes?: LogFields): void {
    attempt(() => this.#meter?.time(name, ms, attributes))
  }
}

/** Of somebody who only watches: what goes wrong there is no concern of the room's, and must not end its process. */
const attempt = (tell: () => void): void => {
  try {
    tell()
  } catch {
    // There is nobody to tell.
  }
}
