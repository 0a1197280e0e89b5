import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { Call, CasOutcome } from 'epaxos/sim'
import { Connection } from './client.js'
import type { Answer, Asked } from './protocol.js'
import { REPLICAS, type Service } from './service.js'

/** Some calls on a key are enough for its history to be searched; the next ones go to other keys. */
const KEYS_AT_A_TIME = 8
const KEY_LIFE_MS = 4000
/** Between an answer and the next call, on average: some three hundred calls a second of ten clients. */
const THINKING_MS = 25
/** At the end. */
const READERS = 12
const ADD_SHARE = 0.1
const GET_SHARE = 0.4
const CAS_SHARE = 0.25

const nowNs = (): number => Number(process.hrtime.bigint())

/** Clients that call, each one thing at a time, now at this replica, now at that, and write down what they hear. */
export class Clients {
  readonly history: Call[] = []
  /** In microseconds. */
  readonly latencies: RecordableHistogram = createHistogram()
  answered = 0
  unknown = 0
  /** Additions to the counter. */
  added = 0
  perhapsAdded = 0
  /** The longest time in which no client had an answer. */
  longestSilenceMs = 0
  readonly #service: Service
  readonly #begun: number = nowNs()
  #lastAnswer: number = performance.now()
  #next: number
  #values = 0

  constructor(service: Service, count: number) {
    this.#service = service
    this.#next = count
  }

  /** Resolves when it has its last answer. */
  async run(client: number, until: AbortSignal): Promise<void> {
    let name = client
    let replica = client % REPLICAS
    const seen = new Map<string, string>()
    while (!until.aborted) {
      const connection = await this.#connect(replica)
      while (connection?.isOpen && !until.aborted) {
        if (!(await this.#call(connection, name, seen))) {
          // Who never hears back calls no more: from now on it is another client.
          name = this.#next++
          break
        }
        await pause(Math.random() * 2 * THINKING_MS)
      }
      connection?.close()
      replica = Math.floor(Math.random() * REPLICAS)
    }
  }

  /** Reads every key there was, each at one of the replicas: what was acknowledged is in what is read. */
  async readAll(): Promise<void> {
    const named = this.history.flatMap(({ operations }) => operations.flatMap((it) => ('key' in it ? it.key : [])))
    const keys = [...new Set(named)]
    const reading = Array.from({ length: READERS }, async (_, reader) => {
      const name = this.#next++
      const connection = await this.#connect(reader % REPLICAS)
      if (connection === undefined) throw new Error(`replica ${reader % REPLICAS} can't be reached`)
      for (let i = reader; i < keys.length; i += READERS) {
        await this.#record(connection, name, { op: 'get', key: keys[i] as string })
      }
      connection.close()
    })
    await Promise.all(reading)
  }

  /** @returns whether there was an answer */
  async #call(connection: Connection, name: number, seen: Map<string, string>): Promise<boolean> {
    const kind = Math.random()
    if (kind < ADD_SHARE) {
      this.perhapsAdded++
      const answer = await this.#ask(connection, { op: 'add' })
      if (answer.kind === 'done') this.added++
      return answer.kind === 'done'
    }
    const life = Math.floor((nowNs() - this.#begun) / 1e6 / KEY_LIFE_MS)
    const key = `${life}/${Math.floor(Math.random() * KEYS_AT_A_TIME)}`
    const value = `${name}.${this.#values++}`
    if (kind < ADD_SHARE + GET_SHARE) {
      const answer = await this.#record(connection, name, { op: 'get', key })
      if (answer.kind === 'done' && typeof answer.out === 'string') seen.set(key, answer.out)
      return answer.kind === 'done'
    }
    const isCas = kind < ADD_SHARE + GET_SHARE + CAS_SHARE
    const expected = seen.get(key)
    const answer = await this.#record(
      connection,
      name,
      isCas ? { op: 'cas', key, expected, value } : { op: 'put', key, value },
    )
    seen.set(key, value)
    return answer.kind === 'done'
  }

  async #record(
    connection: Connection,
    client: number,
    asked: Exclude<Asked, { op: 'add' | 'state' }>,
  ): Promise<Answer> {
    const called = nowNs() - this.#begun
    const answer = await this.#ask(connection, asked)
    const returned = nowNs() - this.#begun
    const outcomes = answer.kind === 'done' ? [answer.out as string | CasOutcome | undefined] : undefined
    this.history.push({ client, operations: [asked], outcomes, called, returned })
    return answer
  }

  async #ask(connection: Connection, asked: Asked): Promise<Answer> {
    const start = performance.now()
    const answer = await connection.ask(asked)
    const end = performance.now()
    if (answer.kind === 'unknown') this.unknown++
    else {
      this.answered++
      this.latencies.record(Math.ceil((end - start) * 1000))
      this.longestSilenceMs = Math.max(this.longestSilenceMs, end - this.#lastAnswer)
      this.#lastAnswer = end
    }
    return answer
  }

  async #connect(replica: number): Promise<Connection | undefined> {
    const port = this.#service.port(replica)
    const connection = port === undefined ? undefined : await Connection.to(port)
    if (connection === undefined) await pause(THINKING_MS)
    return connection
  }
}
