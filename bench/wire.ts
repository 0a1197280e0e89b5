import { built, measured } from './child.js'
import { atMost, type Bench, type Measure } from './report.js'
import type { Coded, Report } from './wire/coded.js'
import { KEY_BYTES, PAYLOAD_BYTES } from './wire/traffic.js'

/** Of each of them the processor time of one round counts. */
const ROUNDS = 7

/** A voter tells two others. */
const LINKS = 2

/** What messages and records cost as bytes, there and back, and how many bytes a command takes on its way. */
export const wire: Bench = async (rounds = ROUNDS, say) => {
  say('a process of its own is built')
  const file = await built('wire/coded.ts')
  say('it encodes and decodes one kind of message after the other')
  const { coded, bytesPerCommand } = await measured<Report>(file, [String(rounds)])
  return {
    about: [
      `Messages of one command with a key of ${KEY_BYTES} bytes and a payload of ${PAYLOAD_BYTES}, among 3 voters; 100 in a packet where nothing else is said.`,
      'Times are of the processor, the collector included, for one message, command or record of its packet or batch; encoding checks as decoding does.',
      'Bytes are those of all packets that three voters send for 100 commands which one of them proposes: pre-accepts, answers, commits.',
      'A copy is of the same bytes at once. JSON is of the same packet, with a character for each byte of a payload, and checks nothing.',
    ],
    measures: [
      perCommand('a batch of 100 commands, one instance', bytesPerCommand.batch),
      perCommand('100 instances of one command', bytesPerCommand.instances),
      ...coded.flatMap(timesOf('encode')),
      ...coded.flatMap(timesOf('decode')),
      ...coded.map(
        ({ name, bytes, per }): Measure => ({
          ...{ group: 'bytes of the whole', name: named(name, per), unit: 'bytes', values: [bytes] },
        }),
      ),
    ],
    failures: [],
  }
}

const perCommand = (name: string, bytes: number): Measure => ({
  ...{ group: 'bytes on the wire for each byte of key and payload and link', name, unit: '×' },
  values: [bytes / ((KEY_BYTES + PAYLOAD_BYTES) * LINKS)],
  target: atMost(2, 1.5),
})

const timesOf =
  (way: 'encode' | 'decode') =>
  ({ name, per, json, copy, ...times }: Coded): readonly Measure[] => {
    const group = `${way}, processor time`
    return [
      {
        ...{ group, name: named(name, per), unit: 'ns', values: times[way] },
        yardstick: { what: 'a copy', values: copy },
      },
      { group, name: '    as JSON', unit: 'ns', values: json[way] },
    ]
  }

const named = (name: string, per: Coded['per']): string => (name.startsWith('a ') ? `${name}, per ${per}` : name)
