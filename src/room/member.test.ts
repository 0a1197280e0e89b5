import { expect, it } from 'vitest'
import { type Command, type Envelope, type Message, type Tuning, write } from '../core/index.js'
import { ExactlyOnce, sessionId } from '../state/index.js'
import { Disks } from '../storage/stage.js'
import { CHECKPOINT_COMMANDS } from './checkpoints.js'
import { Member } from './member.js'
import { Pending } from './pending.js'

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string]
const SESSION = sessionId(0, () => 0.5)

/** A state that is the number of commands that were applied. */
class Counter {
  applied = 0
  readonly apply = (): number => ++this.applied
  readonly snapshot = (): Uint8Array[] => [new Uint8Array(Uint32Array.of(this.applied).buffer)]
  readonly restore = (chunks: Iterable<Uint8Array>): void => {
    const [bytes = new Uint8Array(4)] = chunks
    this.applied = new Uint32Array(bytes.slice().buffer)[0] as number
  }
}

let sequence = 0
const command = (key: string): Command => {
  sequence++
  return { spans: [write(key)], payload: new Uint8Array(), session: SESSION, sequence, acknowledged: sequence - 1 }
}

/** What replica B tells of the so-manyth instance of its row: it is committed, with so many commands. */
const committed = (number: number, commands: number): Message => ({
  kind: 'commit',
  epoch: 0,
  instance: { slot: 1, number },
  value: { kind: 'commands', commands: Array.from({ length: commands }, () => command(`of ${number}`)) },
  deps: [0, number - 1, 0],
})

/** One replica of three, whose fellows are played by the test. */
const memberOn = async (disks: Disks, id: string, tuning: Partial<Tuning> = {}, sweepAfter?: number) => {
  const storage = await disks.open('room', id)
  await storage.load()
  await storage.writeStart({ start: { count: 1, nonce: id, batches: 0 }, earlier: [] })
  const sent: Message[] = []
  const machine = new ExactlyOnce(new Counter(), sweepAfter)
  const member = new Member(
    {
      id,
      membership: { group: 'f'.repeat(32), epoch: 0, voters: [A, B, C], founded: true },
      incarnation: 1,
      batches: 0,
      storage,
      durable: true,
      machine,
      pending: new Pending(() => machine.sweeps),
      tuning,
      send: (envelopes: readonly Envelope[]) => sent.push(...envelopes.map(({ message }) => message)),
      unwritten: () => undefined,
      applied: () => {},
      failed: ({ reason }) => {
        throw new Error(reason)
      },
    },
    { records: [], executed: undefined },
  )
  return { member, sent }
}

/** Sweeps that were proposed, to each of the two others. */
const sweepsAmong = (sent: readonly Message[]): number =>
  sent.filter((it) => it.kind === 'pre-accept' && it.value.kind === 'sweep').length

/** All that promises lead to has happened: here nothing waits for anything else. */
const rest = (): Promise<void> => new Promise(setImmediate)

it('writes down a state and exactly what was executed in it, though the checkpoint fell due amid what was executed at once', async () => {
  const disks = new Disks()
  const { member } = await memberOn(disks, A)
  member.step(
    B,
    [1, 2, 3].map((number) => committed(number, CHECKPOINT_COMMANDS / 2)),
  )
  await rest()
  await member.stop('the test is over')
  const loaded = await disks.disk('room', A)?.load()
  const checkpoint = loaded?.fresh === false ? loaded.checkpoint : undefined
  const state = new Counter()
  new ExactlyOnce(state).restore(checkpoint?.chunks ?? [])
  expect(state.applied).toBe((checkpoint?.executed.frontier[1] as number) * (CHECKPOINT_COMMANDS / 2))
  expect(state.applied).toBeGreaterThanOrEqual(CHECKPOINT_COMMANDS)
})

it.each([
  { id: A, entries: 16 },
  { id: C, entries: 20 },
])('lets those of lower slots sweep first: $id after $entries entries', async ({ id, entries }) => {
  const { member, sent } = await memberOn(new Disks(), id, {}, 16)
  member.tick(0)
  // The session itself is an entry.
  member.step(B, [committed(1, entries - 2)])
  await rest()
  expect(sweepsAmong(sent)).toBe(0)
  member.step(B, [committed(2, 1)])
  await rest()
  expect(sweepsAmong(sent)).toBe(2)
  await member.stop('the test is over')
})

it('sweeps as soon as there is room again when there was none as the sweep fell due', async () => {
  const { member, sent } = await memberOn(new Disks(), A, { maxPending: 1 }, 10)
  member.tick(0)
  member.propose(command('own'))
  await rest()
  const own = sent.find((it) => it.kind === 'pre-accept')
  if (own?.kind !== 'pre-accept') throw new Error('it was proposed')
  member.step(B, [committed(1, 15)])
  await rest()
  expect([member.replica.status().pending, sweepsAmong(sent)]).toEqual([1, 0])
  member.step(B, [{ ...own, kind: 'pre-accept-ok' }])
  await rest()
  expect(member.replica.status().executed).toEqual([1, 1, 0])
  expect(sweepsAmong(sent)).toBe(2)
  await member.stop('the test is over')
})
