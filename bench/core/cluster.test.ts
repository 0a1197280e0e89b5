import { expect, it } from 'vitest'
import { Cluster, replicasOf } from './cluster.js'
import { Echo, recorded, type Tape } from './echo.js'

const PLAIN = { voters: 3, interference: 0, window: 10, apart: false }

const loads = [
  { voters: 3, interference: 0, window: 1, apart: false },
  { voters: 3, interference: 2, window: 100, apart: false },
  { voters: 3, interference: 2, window: 100, apart: true },
  { voters: 5, interference: 100, window: 7, apart: false },
  { voters: 7, interference: 100, window: 1000, apart: false },
]

it.each(loads)('$voters voters at $interference % execute every command everywhere, window $window', (load) => {
  const replicas = replicasOf(load)
  const cluster = new Cluster(load, replicas)
  cluster.run(600)
  expect(cluster.finished).toBe(600)
  expect(replicas.map((replica) => replica.status().pending)).toEqual(replicas.map(() => 0))
})

it('as many commands are on their way as the window holds, and never more', () => {
  const replicas = replicasOf(PLAIN)
  const onTheirWay: number[] = []
  const counting = replicas.map((replica) => ({
    ...recorded(replica, []),
    ready: () => {
      onTheirWay.push(replicas.reduce((sum, each) => sum + each.status().pending, 0))
      return replica.ready()
    },
  }))
  new Cluster(PLAIN, counting).run(100)
  expect(Math.max(...onTheirWay)).toBe(10)
})

it('with one command at each voter all interfere, and none shares an instance', () => {
  const cluster = new Cluster({ voters: 5, interference: 100, window: 5, apart: false })
  cluster.run(500)
  expect(cluster.instances).toBe(500)
})

it('what piles up behind one that interferes shares an instance', () => {
  const cluster = new Cluster({ voters: 3, interference: 100, window: 100, apart: false })
  cluster.run(1000)
  expect(cluster.instances).toBeLessThan(200)
})

it('tells how many were finished in each turn, and misses none', () => {
  const cluster = new Cluster({ voters: 3, interference: 0, window: 100, apart: false })
  const finished: number[] = []
  cluster.watch(1000, (commands) => finished.push(commands))
  expect(finished.reduce((sum, commands) => sum + commands, 0)).toBe(1000)
  expect(Math.min(...finished)).toBeGreaterThan(0)
})

it('hoards every instance, until it compacts', () => {
  const load = { voters: 3, interference: 0, window: 100, apart: true }
  const replicas = replicasOf(load)
  const cluster = new Cluster(load, replicas)
  cluster.hoard()
  cluster.run(5000)
  expect(replicas.map((replica) => replica.status().held)).toEqual([5000, 5000, 5000])
  cluster.compact()
  for (const replica of replicas) expect(replica.status().held).toBeLessThan(1000)
})

it('echoes say, each time anew, as many messages as the replicas did for as many commands', () => {
  const load = { voters: 3, interference: 2, window: 100, apart: false }
  const tapes: readonly Tape[] = [[], [], []]
  const original = new Cluster(
    load,
    replicasOf(PLAIN).map((replica, slot) => recorded(replica, tapes[slot] as Tape)),
  )
  original.run(1000)
  const echo = new Cluster(
    load,
    tapes.map((tape) => new Echo(tape)),
  )
  for (const times of [1, 2, 3]) {
    echo.run(1000)
    expect([echo.finished, echo.messages]).toEqual([times * 1000, times * original.messages])
  }
})

it('an echo hands over copies of the same shape', () => {
  const tape: Tape = []
  const replicas = replicasOf(PLAIN).map((replica, slot) => (slot === 0 ? recorded(replica, tape) : replica))
  new Cluster({ voters: 3, interference: 2, window: 10, apart: false }, replicas).run(200)
  const echo = new Echo(tape)
  const kinds = new Set<string>()
  for (const said of tape) {
    const repeated = echo.ready()
    expect(repeated?.messages).toEqual(said?.messages)
    expect(repeated?.messagesAfterWrite).toEqual(said?.messagesAfterWrite)
    expect(repeated?.executable).toEqual(said?.executable)
    for (const { message } of said?.messagesAfterWrite ?? []) kinds.add(message.kind)
  }
  expect([...kinds]).toEqual(expect.arrayContaining(['pre-accept', 'pre-accept-ok']))
})
