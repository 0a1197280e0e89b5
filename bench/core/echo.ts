import type { Envelope, ExecutedSet, Message, Ready } from 'epaxos/core'
import type { Member } from './cluster.js'

/** What a member's `ready` answered, call by call. */
export type Tape = (Ready | undefined)[]

/** The member, and what it answers kept on the tape. */
export const recorded = (member: Member, tape: Tape): Member => ({
  step: (from, message) => member.step(from, message),
  propose: (command) => member.propose(command),
  tick: (nowMs) => member.tick(nowMs),
  ready: () => {
    const ready = member.ready()
    tape.push(ready)
    return ready
  },
  written: (ready) => member.written(ready),
  applied: (instances) => member.applied(instances),
  checkpointed: (executed) => member.checkpointed(executed),
  executedSet: () => member.executedSet(),
})

/**
 * Says what is on the tape, over and over, in new objects of the same shape, and hears nothing: what remains of a cluster
 * whose replicas do nothing is the queue between them, its messages, and the clients' work.
 */
export class Echo implements Member {
  readonly #tape: Tape
  #at = 0

  constructor(tape: Tape) {
    this.#tape = tape
  }

  step(): void {}

  propose(): undefined {}

  tick(): void {}

  ready(): Ready | undefined {
    const ready = this.#tape[this.#at]
    this.#at = (this.#at + 1) % this.#tape.length
    return ready && copyOf(ready)
  }

  written(): void {}

  applied(): void {}

  checkpointed(): void {}

  executedSet(): ExecutedSet {
    return { frontier: [], beyond: [] }
  }
}

const copyOf = ({ sequence, messages, messagesAfterWrite, awaited, executable }: Ready): Ready => ({
  sequence,
  records: [],
  floor: undefined,
  compacted: false,
  messages: envelopesOf(messages),
  messagesAfterWrite: envelopesOf(messagesAfterWrite),
  awaited,
  executable: executable.map(({ instance, value }) => ({ instance, value })),
  events: [],
})

/** What was said to several at a time is one object again. */
const envelopesOf = (envelopes: readonly Envelope[]): Envelope[] => {
  let original: Message | undefined
  let copy: Message | undefined
  return envelopes.map(({ to, message }) => {
    if (copy === undefined || message !== original) copy = messageOf(message)
    original = message
    return { to, message: copy }
  })
}

/** Of the kinds that are many; what gossip says a few times a second is said in the same object. */
const messageOf = (message: Message): Message => {
  switch (message.kind) {
    case 'pre-accept': {
      const { kind, epoch, instance, value, deps } = message
      return { kind, epoch, instance, value, deps }
    }
    case 'pre-accept-ok': {
      const { kind, epoch, instance, deps } = message
      return { kind, epoch, instance, deps }
    }
    case 'accept': {
      const { kind, epoch, instance, ballot, value, deps } = message
      return { kind, epoch, instance, ballot, value, deps }
    }
    case 'accept-ok': {
      const { kind, epoch, instance, ballot } = message
      return { kind, epoch, instance, ballot }
    }
    case 'commit': {
      const { kind, epoch, instance, value, deps } = message
      return { kind, epoch, instance, value, deps }
    }
    default:
      return message
  }
}
