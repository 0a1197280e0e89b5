import { expect, it } from 'vitest'
import { type Command, type Envelope, Replica, type ReplicaId } from './index.js'
import { command, idOf } from './stage-words.js'

const COMMANDS = 20_000
/** Proposals of one replica that wait for their execution: enough to saturate it. */
const OUTSTANDING = 100

interface Member {
  readonly replica: Replica
  /** Sequences of commands, in the order of execution. */
  readonly executed: number[]
  /** Instances of which it knows the commit, and that it has not been told to execute. */
  lag: number
}

interface Letter extends Envelope {
  readonly from: ReplicaId
}

const commandOf = (sequence: number): Command => ({ ...command('a'), sequence })

/** The same shuffles in every run. */
const shuffled = <T>(items: readonly T[], random: () => number): T[] => {
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const moved = all[i] as T
    all[i] = all[j] as T
    all[j] = moved
  }
  return all
}

/** A linear congruential generator (Numerical Recipes), uniform in [0, 1). */
const generator = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** One member of the group, and how far its execution lags behind the commits that it knows. */
const join = (id: ReplicaId, voters: readonly ReplicaId[], random: () => number): Member => ({
  replica: new Replica({
    id,
    group: '9'.repeat(32),
    configuration: { number: 0, voters, wireVersion: 1, stateVersion: 1 },
    random,
  }),
  executed: [],
  lag: 0,
})

/** Carries out what there is to do; what is to be sent. */
const pump = (member: Member): Letter[] => {
  const { replica, executed } = member
  const envelopes: Envelope[] = []
  for (let ready = replica.ready(); ready !== undefined; ready = replica.ready()) {
    replica.written(ready)
    envelopes.push(...ready.messages, ...ready.messagesAfterWrite)
    member.lag += ready.events.filter(({ kind }) => kind === 'committed').length - ready.executable.length
    for (const { value } of ready.executable) {
      if (value.kind === 'commands') executed.push(...value.commands.map(({ sequence }) => sequence))
    }
    replica.applied(ready.executable.map(({ instance }) => instance))
  }
  return envelopes.map((envelope) => ({ ...envelope, from: replica.id }))
}

it.each([
  ['takes one step', 3, 1],
  ['takes one step', 5, 1],
  ['takes any time', 3, 0.3],
  ['takes any time', 5, 0.3],
])('one key, saturated, mail that %s: %i replicas execute as fast as they commit [H16]', (_, n, arrives) => {
  const voters = Array.from({ length: n }, (_, slot) => idOf(slot))
  const random = generator(n)
  const members = new Map(voters.map((id) => [id, join(id, voters, random)]))
  let letters: Letter[] = []
  let proposed = 0
  let largestLag = 0
  let steps = 0
  const began = performance.now()
  while (proposed < COMMANDS || letters.length > 0) {
    for (const member of members.values()) {
      while (proposed < COMMANDS && member.replica.status().pending < OUTSTANDING) {
        member.replica.propose(commandOf(++proposed))
      }
      letters.push(...pump(member))
    }
    // What is on its way crosses: what arrives in this step does so in any order, before anything that it causes.
    const underWay = shuffled(letters, random)
    letters = []
    for (const letter of underWay) {
      const member = members.get(letter.to)
      if (member === undefined || random() >= arrives) {
        letters.push(letter)
        continue
      }
      member.replica.step(letter.from, letter.message)
      letters.push(...pump(member))
      largestLag = Math.max(largestLag, member.lag)
    }
    steps++
  }
  const perSecond = Math.round((1000 * COMMANDS) / (performance.now() - began))
  console.info(
    `${n} replicas, one key: ${perSecond} commands/s, ${steps} steps, ${largestLag} instances behind at most`,
  )

  // One of each row waits for its component; of the one before it the commit may be on its way still.
  expect(largestLag).toBeLessThanOrEqual(2 * n)
  const [first, ...others] = [...members.values()]
  expect(first?.executed).toHaveLength(COMMANDS)
  for (const { executed, lag } of others) {
    expect(lag).toBe(0)
    expect(executed).toEqual(first?.executed)
  }
})
