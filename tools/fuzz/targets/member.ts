import { InvalidMessage, write } from '../../../src/core/index.js'
import { crc32, Member } from '../../../src/member/index.js'
import { ExactlyOnce, replicatedMap } from '../../../src/state/index.js'
import { message } from '../../../src/wire/arbitraries.js'
import { decodePacket, encodePacket, WIRE_VERSION, WireError } from '../../../src/wire/index.js'
import { Dice } from '../dice.js'
import { changedOf, samplesOf } from '../sources.js'
import { readOr, type Target } from '../target.js'

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32)) as [string, string, string, string]
const GROUP = 'e'.repeat(32)
const voters = [A, B, C]
const configuration = { number: 0, voters, wireVersion: WIRE_VERSION, stateVersion: 1 }
/** What a member is told by then may have taken it anywhere: another one begins. */
const INPUTS_PER_MEMBER = 50
const TICK_MS = 50

const standing = {
  durable: true,
  place: A,
  ageMs: 0,
  stateVersions: [1, 1],
  wireVersions: [WIRE_VERSION, WIRE_VERSION],
} as const
const state = replicatedMap()

const newMember = (dice: Dice): Member => {
  const machine = new ExactlyOnce(state.create(), { versions: state.versions })
  const joins = dice.onceIn(4)
  const member = new Member({
    ...{ id: A, group: GROUP, standing, machine, durable: true, policy: undefined },
    random: () => dice.u32() / 2 ** 32,
    configuration: joins ? undefined : configuration,
  })
  member.tick(0)
  for (const peer of [B, C, D]) member.met(peer, { ...standing, place: peer }, configuration)
  const session = '1'.padStart(32, '0')
  member.propose({ spans: [write('k')], payload: new Uint8Array(8), session, sequence: 1, acknowledged: 0, after: [] })
  return member
}

const carryOut = (member: Member): void => {
  for (let ready = member.ready(); ready !== undefined; ready = member.ready()) {
    member.written(ready)
    if (ready.checkpoint !== undefined) member.checkpointWritten(ready.checkpoint)
  }
}

/** Messages whose numbers are such as a small young group has. */
const near = (): readonly Uint8Array[] => {
  const shrink = (value: unknown): unknown => {
    if (typeof value === 'number') return value % 4
    if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(shrink)
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, shrink(it)]))
  }
  return samplesOf(message, 1500).flatMap((it) => {
    for (const each of [shrink(it), it]) {
      const packet = {
        kind: 'messages' as const,
        group: GROUP,
        incarnation: 1,
        batches: 0,
        messages: [each as typeof it],
      }
      const bytes = readOr(Error, () => encodePacket(packet))
      if (bytes !== undefined) return [bytes]
    }
    return []
  })
}

/** A member whose peers say what can be read, and is not true. */
export const members: Target = {
  name: 'member',
  share: 6,
  source: () => changedOf(near()),
  subject() {
    const dice = new Dice(crc32(new Uint8Array()), 'member')
    let member = newMember(dice)
    let given = 0
    let nowMs = 0
    return (input) => {
      if (++given % INPUTS_PER_MEMBER === 0) {
        member = newMember(dice)
        nowMs = 0
      }
      const packet = readOr(WireError, () => decodePacket(input))
      if (packet?.kind !== 'messages') return
      for (const one of packet.messages) readOr(InvalidMessage, () => member.step(dice.of([B, C, D]), one))
      carryOut(member)
      if (!dice.onceIn(8)) return
      nowMs += TICK_MS * (1 + dice.below(40))
      member.tick(nowMs)
      carryOut(member)
    }
  },
}
