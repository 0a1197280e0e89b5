import { built, measured } from './child.js'
import type { Bench, Measure } from './report.js'
import { inChromium } from './store/chromium.js'
import type { OnDisk } from './store/disk.js'
import type { Findings, Pair } from './store/findings.js'
import { CHECKPOINT_BYTES, PAYLOAD_BYTES } from './store/records.js'

/** Of each figure. */
const ROUNDS = 5

const MEBIBYTES: number = CHECKPOINT_BYTES / 2 ** 20

/** How fast records become durable, beside bare writes of as many bytes. @param rounds of each figure */
export const store: Bench = async (rounds = ROUNDS, say) => {
  say('Node: lmdb, and files')
  const { sizes, findings } = await measured<OnDisk>(await built('store/disk.ts'), [String(rounds)])
  const inPage = await inChromium(async (find) => {
    say('Chromium: strict transactions of IndexedDB')
    const strict = await find('strict', sizes, rounds)
    say('Chromium: relaxed ones')
    return { strict, relaxed: await find('relaxed', sizes, rounds) }
  })
  return {
    about: [
      `A record is of an instance with one command of ${PAYLOAD_BYTES} bytes: ${bytesPerRecord(sizes)}.`,
      'Batches are written one after the other, each once the one before it is durable, unless they are said to be written at once.',
      'A bare write is one of as many bytes: in Node to the end of a file, followed by fsync; in Chromium one put in one transaction of the same durability.',
      'In Chromium the profile is on the disk. The library always writes strictly: the relaxed figures show what that costs.',
    ],
    measures: [
      ...measuresOf('lmdb', 'write and fsync', 'reading a file', findings),
      ...measuresOf('IndexedDB, strict', 'a strict put', 'getAll', inPage.strict),
      ...measuresOf('IndexedDB, relaxed', 'a relaxed put', 'getAll', inPage.relaxed),
    ],
    failures: [],
  }
}

const bytesPerRecord = ({ 1: alone = Number.NaN, 1000: thousand = Number.NaN }: OnDisk['sizes']): string =>
  `${alone} bytes in a batch of its own, ${Math.round(thousand / 1000)} in one of 1000`

const measuresOf = (
  group: string,
  bareWrite: string,
  bareRead: string,
  { writings, checkpointWrite, checkpointRead, restart }: Findings,
): readonly Measure[] => {
  const measure = (name: string, unit: string, { store, bare }: Pair, what: string): Measure => ({
    ...{ group, name, unit, values: store },
    yardstick: { what, values: bare },
  })
  const [first] = writings
  return [
    ...writings.map(({ name, records }) => measure(`written in ${name}`, 'records/s', records, bareWrite)),
    ...writings.flatMap(({ name, micros }) =>
      micros.store.length === 0 ? [] : [measure(`processor time per record, ${name}`, 'µs', micros, bareWrite)],
    ),
    ...(first === undefined
      ? []
      : [
          measure('until a batch of 1 is durable, p50', 'ms', first.p50, bareWrite),
          measure('until a batch of 1 is durable, p99', 'ms', first.p99, bareWrite),
        ]),
    measure(`checkpoint of ${MEBIBYTES} MiB, write`, 'ms', checkpointWrite, bareWrite),
    measure(`checkpoint of ${MEBIBYTES} MiB, read`, 'ms', checkpointRead, bareRead),
    measure('log read at a start', 'records/s', restart, bareRead),
  ]
}
