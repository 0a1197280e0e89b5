import type { InstanceId, InstanceRecord, Message } from '../../core/index.js'
import { contentOf, show, Violation } from './violation.js'

/** Finds the durable record of an instance on the sender's disk. */
export type Find = (slot: number, number: number) => InstanceRecord | undefined

/** Nothing leaves a replica before its disk holds what it says (protocol §6), over all its lives. */
export class Durability {
  /** The own row is known to be committed on disk up to here: it stays so. */
  #committed = 0

  constructor(
    /** The sender's slot. */
    readonly self: number,
    readonly find: Find,
  ) {}

  sent(message: Message): void {
    switch (message.kind) {
      case 'fetch':
      case 'waiting':
      case 'accept':
      case 'validate':
      // What these say of floors and epochs is judged there.
      case 'follow':
      case 'gone':
      case 'sealed':
        return
      case 'frontier': {
        const own = message.committed[this.self] ?? 0
        for (let number = this.#committed + 1; number <= own; number++) {
          if (this.find(this.self, number)?.phase !== 'committed') throw early(message, { slot: this.self, number })
        }
        this.#committed = Math.max(this.#committed, own)
        return
      }
      case 'recover':
        for (let number = message.from; number <= message.to; number++) {
          const record = this.find(message.slot, number)
          if (record === undefined || record.ballot < message.ballot)
            throw early(message, { slot: message.slot, number })
        }
        return
      default: {
        const { slot, number } = message.instance
        if (message.kind === 'commit' && slot !== this.self) return
        const record = this.find(slot, number)
        if (record?.phase !== 'committed' && !reports(message, record)) throw early(message, message.instance)
      }
    }
  }

  /** An own instance is executed only once its commit is durable [H7]. */
  executed(id: InstanceId): void {
    if (id.slot === this.self && this.find(id.slot, id.number)?.phase !== 'committed') {
      throw new Violation('durable first', `${show(id)} executed by its coordinator before its commit was written`)
    }
  }
}

const early = ({ kind }: Message, id: InstanceId): Violation =>
  new Violation('durable first', `${kind} for ${show(id)} left before its write`)

/** Whether the record of an instance not yet committed on that disk holds what the message tells. */
const reports = (message: Message, record: InstanceRecord | undefined): boolean => {
  if (record === undefined) return false
  switch (message.kind) {
    case 'pre-accept':
      return contentOf(message.value, message.deps) === contentOf(record.initValue, record.initDeps)
    case 'pre-accept-ok':
      return (
        record.phase !== 'none' &&
        (record.ballot > 0 || record.phase !== 'pre-accepted' || `${message.deps}` === `${record.deps}`)
      )
    case 'accept-ok':
      return record.phase === 'accepted' && record.votedBallot >= message.ballot
    case 'recover-ok':
      if (record.ballot < message.ballot || message.phase === 'committed') return false
      return message.phase === 'none' || (record.phase !== 'none' && record.votedBallot >= message.votedBallot)
    case 'nack':
      return record.ballot >= message.ballot
    case 'validate-ok':
      return record.initValue !== undefined && record.initDeps !== undefined
    default:
      return false
  }
}
