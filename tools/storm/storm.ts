import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findUnlinearizable, historyLines } from 'epaxos/sim'
import { Connection } from './client.js'
import { Clients } from './clients.js'
import type { State } from './protocol.js'
import { REPLICAS, Service } from './service.js'

export interface StormOptions {
  readonly seconds: number
  readonly clients: number
  /** Seconds between two kills, on average. */
  readonly killEvery: number
  readonly say: (line: string) => void
}

export interface StormResult {
  /** In one line. */
  readonly summary: string
  /** What should not have happened. */
  readonly failures: readonly string[]
  readonly kills: number
  readonly answered: number
}

const PROGRESS_MS = 10_000
/** A replica that was killed stays away for as long as this, at most. */
const LONGEST_REST_MS = 2000
/** What is not the same at all replicas by then never will be. */
const SETTLING_MS = 60_000

/** A standing service under load, whose replicas are killed one at a time, at random; and what its clients make of it. */
export const storm = async (options: StormOptions): Promise<StormResult> => {
  const service = new Service()
  try {
    await service.start()
    return await endure(service, options)
  } finally {
    await service.end()
  }
}

const endure = async (
  service: Service,
  { seconds, clients: count, killEvery, say }: StormOptions,
): Promise<StormResult> => {
  const clients = new Clients(service, count)
  const start = performance.now()
  const result = (): string => {
    const { latencies } = clients
    const ms = (percentile: number): string => `${(latencies.percentile(percentile) / 1000).toFixed(1)} ms`
    return (
      `${((performance.now() - start) / 1000).toFixed(0)} s: ${service.kills} kills, ${clients.answered} calls answered, ` +
      `${clients.unknown} unknown, p50 ${ms(50)}, p99 ${ms(99)}, longest ${ms(100)}, ` +
      `nobody answered for ${clients.longestSilenceMs.toFixed(0)} ms at most`
    )
  }
  const ending = new AbortController()
  const over = ending.signal
  // Not AbortSignal.any and timeout: what they make together may be collected as garbage before it is aborted.
  const end = setTimeout(() => ending.abort(), seconds * 1000)
  const timer = setInterval(() => say(result()), PROGRESS_MS)
  try {
    const calling = Array.from({ length: count }, (_, client) => clients.run(client, over))
    const all = [...calling, killing(service, killEvery, over)]
    await Promise.all(all).catch(async (error: unknown) => {
      ending.abort()
      await Promise.allSettled(all)
      throw error
    })
    await clients.readAll()
  } finally {
    clearInterval(timer)
    clearTimeout(end)
  }
  const failures = [...service.deaths, ...(await differences(service, clients)), ...judged(clients, say)]
  return { summary: result(), failures, kills: service.kills, answered: clients.answered }
}

/** One at a time: the others are a majority. Resolves when all are up again. */
const killing = async (service: Service, everySeconds: number, over: AbortSignal): Promise<void> => {
  for (;;) {
    await pause((0.5 + Math.random()) * everySeconds * 1000, undefined, { signal: over }).catch(() => {})
    if (over.aborted) return
    const victim = Math.floor(Math.random() * REPLICAS)
    await service.kill(victim)
    await pause(Math.random() * Math.min(LONGEST_REST_MS, (everySeconds * 1000) / 2))
    await service.revive(victim)
  }
}

/** Every replica has executed the same, and each addition once. */
const differences = async (service: Service, clients: Clients): Promise<readonly string[]> => {
  const deadline = performance.now() + SETTLING_MS
  let states = await statesOf(service)
  const isSettled = (): boolean =>
    states.every((state) => state.pending === 0 && state.digest === states[0]?.digest && states.length === REPLICAS)
  while (!isSettled() && performance.now() < deadline) {
    await pause(50)
    states = await statesOf(service)
  }
  const failures = isSettled() ? [] : [`the replicas have different states: ${JSON.stringify(states)}`]
  const counter = states[0]?.counter ?? 0
  const { added, perhapsAdded } = clients
  if (added <= counter && counter <= perhapsAdded) return failures
  return [...failures, `${added} additions were answered, ${perhapsAdded} were asked for, and ${counter} were executed`]
}

const statesOf = async (service: Service): Promise<readonly State[]> => {
  const states: State[] = []
  for (let replica = 0; replica < REPLICAS; replica++) {
    const port = service.port(replica)
    const connection = port === undefined ? undefined : await Connection.to(port)
    const answer = await connection?.ask({ op: 'state' })
    connection?.close()
    if (answer?.kind === 'done') states.push(answer.out as State)
  }
  return states
}

/** What the clients have heard is what one map could have told them. Where it is not, the history is kept. */
const judged = ({ history }: Clients, say: (line: string) => void): readonly string[] => {
  const start = performance.now()
  const verdict = findUnlinearizable(history)
  say(`${history.length} calls judged in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  if (verdict === undefined) return []
  const file = join(mkdtempSync(join(tmpdir(), 'epaxos-storm-history-')), 'history.jsonl')
  writeFileSync(file, historyLines(history))
  return [`${verdict.explanation}\nthe history is in ${file}`]
}
