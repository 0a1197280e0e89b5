// What is measured has no export of its own: whoever uses the package never sees bytes.
import { decodeBatch, decodePacket, encodeBatch, encodePacket, type Packet } from '../../src/wire/index.js'
import { batchOf, KINDS, messageOf, recordOf } from './samples.js'
import { ofBatch, ofInstances, type Said } from './traffic.js'

/** Built by wire.ts, and run by itself: `node coded.mjs <rounds>` prints what it has measured as JSON. */

/** Nanoseconds of processor time, for one of what it is about; of each round. */
type Times = readonly number[]

export interface Coded {
  readonly name: string
  /** What the times are for. */
  readonly per: 'message' | 'command' | 'record'
  /** Of a packet, or of a batch of records. */
  readonly bytes: number
  readonly encode: Times
  readonly decode: Times
  /** The same bytes, copied. */
  readonly copy: Times
  /** The same as JSON, there and back. */
  readonly json: { readonly encode: Times; readonly decode: Times }
}

export interface Report {
  readonly coded: readonly Coded[]
  /** Bytes of all packets that are sent for one of a hundred commands. */
  readonly bytesPerCommand: { readonly batch: number; readonly instances: number }
}

/** Messages of one packet, records of one batch, commands on their way. */
const COUNT = 100
/** Of processor time, for one round of one thing. */
const ROUND_MS = 40
/** Of rounds, after which code has been compiled for what it does here. */
const WARM_UP = 3

const GROUP = '0123456789abcdef0123456789abcdef'

const packetOf = (messages: Extract<Packet, { kind: 'messages' }>['messages']): Packet => ({
  ...{ kind: 'messages', group: GROUP, incarnation: 3, batches: 123_456, messages },
})

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

let sink: unknown

/** So many of something: how often it can be done in a round, and what one then takes. */
const timed = (act: () => unknown, count: number): number => {
  let done = 0
  let step = 1
  const start = cpuMs()
  let spent = 0
  while (spent < ROUND_MS) {
    for (let i = 0; i < step; i++) sink = act()
    done += step
    // Few looks at the clock, none of them for long.
    if (spent < ROUND_MS / 8) step *= 2
    spent = cpuMs() - start
  }
  return (spent * 1e6) / done / count
}

interface Subject {
  readonly name: string
  readonly per: Coded['per']
  readonly count: number
  readonly encode: () => Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
  /** The same in JSON's terms. */
  readonly plain: unknown
}

/** JSON has no bytes: each of them is a character. */
const plainOf = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, it) => (it instanceof Uint8Array ? Buffer.from(it).toString('latin1') : (it as unknown))),
  )

const measured = ({ name, per, count, encode, decode, plain }: Subject, rounds: number): Coded => {
  const bytes = encode()
  const text = JSON.stringify(plain)
  const acts = {
    encode,
    decode: () => decode(bytes),
    copy: () => bytes.slice(),
    jsonEncode: () => JSON.stringify(plain),
    jsonDecode: () => JSON.parse(text),
  }
  const times = { encode: [], decode: [], copy: [], jsonEncode: [], jsonDecode: [] } as Record<
    keyof typeof acts,
    number[]
  >
  // In turns: what else the machine does meanwhile is shared by all.
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [act, run] of Object.entries(acts) as [keyof typeof acts, () => unknown][]) {
      const time = timed(run, count)
      if (round >= 0) times[act].push(time)
    }
  }
  return {
    ...{ name, per, bytes: bytes.length, encode: times.encode, decode: times.decode, copy: times.copy },
    json: { encode: times.jsonEncode, decode: times.jsonDecode },
  }
}

const packetSubject = (name: string, per: Coded['per'], count: number, packet: Packet): Subject => ({
  ...{ name, per, count, plain: plainOf(packet) },
  encode: () => encodePacket(packet),
  decode: decodePacket,
})

const numbers = Array.from({ length: COUNT }, (_, i) => 100_000 + i)

const kinds = KINDS.map((kind) =>
  packetSubject(kind, 'message', COUNT, packetOf(numbers.map((number) => messageOf(kind, number)))),
)

const recordSubject = (phase: 'pre-accepted' | 'committed'): Subject => {
  const batch = {
    ...{ group: GROUP, incarnation: 3, floor: undefined, compacted: false },
    records: numbers.map((number) => recordOf(number, phase)),
  }
  return {
    ...{ name: `a ${phase} instance`, per: 'record', count: COUNT, plain: plainOf(batch) },
    encode: () => encodeBatch(batch),
    decode: decodeBatch,
  }
}

const subjects = (): readonly Subject[] => {
  const one = messageOf('pre-accept', 100_000)
  return [
    ...kinds,
    packetSubject('a packet of one pre-accept', 'message', 1, packetOf([one])),
    packetSubject(
      `a pre-accept of ${COUNT} commands`,
      'command',
      COUNT,
      packetOf([{ ...one, value: batchOf(100_000, COUNT) } as typeof one]),
    ),
    recordSubject('pre-accepted'),
    recordSubject('committed'),
  ]
}

const bytesOf = (said: readonly Said[]): number =>
  said.reduce((sum, { messages }) => sum + encodePacket(packetOf(messages)).length, 0)

const rounds = Number(process.argv[2])
const report: Report = {
  coded: subjects().map((subject) => measured(subject, rounds)),
  bytesPerCommand: { batch: bytesOf(ofBatch(COUNT)) / COUNT, instances: bytesOf(ofInstances(COUNT)) / COUNT },
}
process.stdout.write(JSON.stringify(report))
if (sink === undefined) process.exitCode = 1
