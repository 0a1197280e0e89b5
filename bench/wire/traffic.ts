import { type Command, type Envelope, type Message, Replica, type ReplicaId, write } from 'epaxos/core'

/** What one voter says to another in one turn. */
export interface Said {
  readonly from: number
  readonly to: number
  readonly messages: readonly Message[]
}

export const KEY_BYTES = 16
export const PAYLOAD_BYTES = 64
const VOTERS = 3
/** As a client has that proposes as many again before the first is answered. */
const SESSION = 'c0ffee00c0ffee00c0ffee00c0ffee00'

/** One that has gone on for a while: its numbers are not the smallest ones. */
export const commandOf = (sequence: number, key: string, inFlight: number): Command => ({
  spans: [write(key)],
  payload: new Uint8Array(PAYLOAD_BYTES).fill(sequence),
  session: SESSION,
  sequence,
  acknowledged: sequence - 1 - inFlight,
  after: [],
})

export const keyOf = (number: number): string => `key/${number}`.padEnd(KEY_BYTES, '.')

/** Three voters that hear of each other in turns; nothing is lost. What is said later than anybody waits for is not said. */
class Voters {
  readonly ids: readonly ReplicaId[] = Array.from({ length: VOTERS }, (_, i) => String(i + 1).repeat(32))
  readonly #replicas = this.ids.map((id) => {
    const configuration = { number: 0, voters: this.ids, wireVersion: 1, stateVersion: 1 }
    // What is proposed at once would share an instance.
    const tuning = { shareFrom: Number.POSITIVE_INFINITY }
    return new Replica({ id, group: '9'.repeat(32), configuration, random: () => 0.5, tuning })
  })

  get first(): Replica {
    return this.#replicas[0] as Replica
  }

  /** Until nobody has anything to say. */
  talk(): readonly Said[] {
    const all: Said[] = []
    for (let said = this.#turn(); said.length > 0; said = this.#turn()) {
      all.push(...said)
      for (const { from, to, messages } of said) {
        for (const message of messages) this.#replicas[to]?.step(this.ids[from] as ReplicaId, message)
      }
    }
    return all
  }

  #turn(): readonly Said[] {
    return this.#replicas.flatMap((replica, from) => {
      const envelopes = drained(replica)
      return this.ids.flatMap((id, to) => {
        const messages = envelopes.filter((it) => it.to === id).map(({ message }) => message)
        return messages.length === 0 ? [] : [{ from, to, messages }]
      })
    })
  }
}

/** All its writes are durable at once, and what it may execute is executed. */
const drained = (replica: Replica): readonly Envelope[] => {
  const envelopes: Envelope[] = []
  for (let ready = replica.ready(); ready !== undefined; ready = replica.ready()) {
    envelopes.push(...ready.messages)
    replica.written(ready)
    envelopes.push(...ready.messagesAfterWrite)
    replica.applied(ready.executable.map(({ instance }) => instance))
  }
  return envelopes
}

/** All that is said for so many commands that were proposed at once, each an instance of its own. */
export const ofInstances = (commands: number): readonly Said[] => {
  const voters = new Voters()
  for (let i = 1; i <= commands; i++) voters.first.propose(commandOf(1000 + i, keyOf(i), commands))
  return voters.talk()
}

/** The same where all of them write one key: they wait for one that is on its way, and go as one instance after it. */
export const ofBatch = (commands: number): readonly Said[] => {
  const voters = new Voters()
  for (let i = 0; i <= commands; i++) voters.first.propose(commandOf(1000 + i, keyOf(0), commands))
  return voters
    .talk()
    .map(({ messages, ...way }) => ({ ...way, messages: messages.filter((it) => !isOfFirst(it)) }))
    .filter(({ messages }) => messages.length > 0)
}

const isOfFirst = (message: Message): boolean => 'instance' in message && message.instance.number === 1
