import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { startRelay } from 'epaxos/relay/node'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { root } from '../tools/entries.js'
import type { Answer, Asked, Settled, Usage } from './audience.js'
import { randomId } from './ids.js'
import { atRate } from './pace.js'
import type { Bench, Measure } from './report.js'
import { percentile } from './statistics.js'

const OBSERVERS = 200
const VOTERS = 3

/** Long enough for all that happens every few seconds to have happened. */
const IDLE_MS = 10_000
const BUSY_MS = 20_000
const COMMANDS_PER_SECOND = 100
/** More than are under way at a time, few enough to compare them all. */
const KEYS = 1000

/** A room with a large audience: what an observer costs while nothing happens, and while its voters work; and who keeps up. */
export const observers: Bench = async (count = OBSERVERS, say) => {
  const relay = await startRelay()
  const voters = Array.from({ length: VOTERS }, randomId).sort()
  const seats = { relay: relay.url, group: randomId(), voters }
  const rooms: Room<ReplicatedMap>[] = []
  for (const id of voters) {
    rooms.push(await createRoom({ ...seats, id, state: replicatedMap(), storage: memory(), transport: webSocket() }))
  }
  const [first] = rooms as [Room<ReplicatedMap>]
  const audience = fork(`${root}tools/run.mjs`, [`${root}bench/audience.ts`, first.invite(), String(count)], {
    execArgv: ['--expose-gc'],
  })
  try {
    const before = await ask<Usage>(audience, { kind: 'usage' })
    say(`${count} observers are coming`)
    const came = performance.now()
    const here = await ask<Usage>(audience, { kind: 'come' })
    const comingMs = performance.now() - came
    say('all are here; nothing happens for a while')
    const serving = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const rested = await ask<Usage>(audience, { kind: 'usage' })
    const idleServing = cpuMs(process.cpuUsage(serving))
    say(`${COMMANDS_PER_SECOND} commands a second`)
    const working = process.cpuUsage()
    const { latenciesMs, failures } = await edit(rooms)
    const answeredAtMs = Date.now()
    // What is answered is executed where it was asked for; this waits for all of it.
    const contents = Object.fromEntries(await first.mutate.scan({}))
    const { changedAtMs, astray } = await ask<Settled>(audience, { kind: 'expect', contents })
    const worked = await ask<Usage>(audience, { kind: 'usage' })
    const busyServing = cpuMs(process.cpuUsage(working))
    if (astray > 0) failures.push(`${astray} of ${count} observers never came to the state of the voters`)
    const { closed, framesDropped } = relay.counters()
    const closures = Object.values(closed).reduce((sum, times) => sum + times, 0)
    const one = (name: string, unit: string, value: number): Measure => ({ name, unit, values: [value] })
    const kibEach = (name: string, { heapBytes }: Usage): Measure =>
      one(`heap per observer, ${name}`, 'KiB', (heapBytes - before.heapBytes) / count / 1024)
    // Also where it takes longer: that much work there is in so much time of commands.
    const cpuEach = (name: string, ms: number, ofMs: number, each: number): Measure =>
      one(`CPU of ${name}`, '% of a core', (100 * ms) / ofMs / each)
    return {
      about: [
        `${count} observers in one process, ${VOTERS} voters and the relay in another; ` +
          `at work: ${COMMANDS_PER_SECOND} commands a second for ${BUSY_MS / 1000} s, on ${KEYS} keys.`,
      ],
      measures: [
        one('until all had come', 'ms', comingMs),
        kibEach('when come', here),
        kibEach('after work', worked),
        one('resident, per observer', 'KiB', (worked.residentBytes - before.residentBytes) / count / 1024),
        cpuEach('an observer, idle', rested.cpuMs - here.cpuMs, IDLE_MS, count),
        cpuEach('an observer, at work', worked.cpuMs - rested.cpuMs, BUSY_MS, count),
        cpuEach('voters and relay, idle', idleServing, IDLE_MS, 1),
        cpuEach('voters and relay, at work', busyServing, BUSY_MS, 1),
        one('answer, p50', 'ms', percentile(latenciesMs, 0.5)),
        one('answer, p99', 'ms', percentile(latenciesMs, 0.99)),
        one('last answer to last observer', 'ms', Math.max(0, changedAtMs - answeredAtMs)),
        one('dropped by the relay', 'frames', framesDropped),
        one('closed by the relay', 'connections', closures),
      ],
      failures,
    }
  } finally {
    const gone = once(audience, 'exit')
    audience.disconnect()
    await gone
    await Promise.all(rooms.map((room) => room.close()))
    await relay.close()
  }
}

/** The voters in turn change one key after the other. Resolves when all are answered. */
const edit = async (
  rooms: readonly Room<ReplicatedMap>[],
): Promise<{ readonly latenciesMs: readonly number[]; readonly failures: string[] }> => {
  const latenciesMs: number[] = []
  const failures: string[] = []
  const answers: Promise<void>[] = []
  await atRate(COMMANDS_PER_SECOND, BUSY_MS, (index) => {
    const { mutate } = rooms[index % VOTERS] as Room<ReplicatedMap>
    const start = performance.now()
    const answer = mutate.set({ key: `key/${index % KEYS}`, value: index }).then(
      () => latenciesMs.push(performance.now() - start),
      (error: unknown) => failures.push(`command ${index}: ${String(error)}`),
    )
    answers.push(answer.then(() => {}))
  })
  await Promise.all(answers)
  return { latenciesMs, failures }
}

const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000

const ask = async <A extends Answer>(audience: ChildProcess, asked: Asked): Promise<A> => {
  const answer = once(audience, 'message')
  audience.send(asked)
  const ended = once(audience, 'exit').then(([code]) => {
    throw new Error(`the process of the observers has ended with ${code}`)
  })
  return (await Promise.race([answer, ended]))[0] as A
}
