import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Proposed, write } from '../core/index.js'
import { command, session, sweep, Table } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import { encodeRow, type Json } from './json.js'
import type { StateMachine } from './machine.js'
import { fromChunks, InvalidSnapshot, MAX_CHUNK_BYTES, toChunks } from './snapshot.js'

const replica = (): ExactlyOnce => new ExactlyOnce(new Table())

const ada = session(0xada)
const set = (key: string, value: Json, sequence: number): Proposed => ({
  kind: 'commands',
  commands: [command(ada, sequence, [write(key)], ['set', key, value])],
})

/** Not toEqual on megabytes: that takes half a minute. */
const same = (a: Iterable<Uint8Array>, b: Iterable<Uint8Array>): boolean =>
  Buffer.concat([...a]).equals(Buffer.concat([...b]))

describe('a snapshot', () => {
  it('has chunks of 64 KiB at most, also of large values', () => {
    const state = replica()
    for (let i = 1; i <= 3; i++) state.execute(set(`k${i}`, String(i).repeat(100_000), i))
    const chunks = [...state.snapshot()]
    expect(chunks).toHaveLength(5)
    expect(Math.max(...chunks.map(({ length }) => length))).toBe(MAX_CHUNK_BYTES)
    const restored = replica()
    restored.restore(chunks, 1)
    expect(same(restored.snapshot(), chunks)).toBe(true)
  })

  it('of ten megabytes stays as it was while commands go on, and is made step by step', () => {
    const value = 'x'.repeat(84)
    const rows = Array.from({ length: 100_000 }, (_, i) => [`k${(i * 61_813) % 100_000}`, [i, value]] as const)
    const machine = new Table()
    machine.restore(rows.map((row) => encodeRow(row)))
    const state = new ExactlyOnce(machine)
    const before = [...state.snapshot()]
    const times: number[] = []
    const timed = <T>(step: () => T): T => {
      const start = performance.now()
      const made = step()
      times.push(performance.now() - start)
      return made
    }
    const chunks: Uint8Array[] = []
    const steps = timed(() => state.snapshot()[Symbol.iterator]())
    for (let step = timed(() => steps.next()); !step.done; step = timed(() => steps.next())) {
      chunks.push(step.value)
      state.execute(set(`k${chunks.length}`, 'changed', chunks.length))
    }
    const [call, first, ...others] = times.map((time) => Number(time.toFixed(1)))
    console.log(
      `snapshot of ${rows.length} keys, ${chunks.length} chunks: the call ${call} ms, the first chunk ${first} ms, the slowest other ${Math.max(...others)} ms`,
    )
    expect(same(chunks, before)).toBe(true)
    expect(machine.value.get(`k${chunks.length}`)).toBe('changed')
  })

  it('gives a state machine its pieces back as they were, and the version that they are of', () => {
    const pieces = [new Uint8Array(3), new Uint8Array(), new Uint8Array([1, 2])]
    const restored: unknown[] = []
    const machine = Object.assign<Table, Pick<StateMachine, 'snapshot' | 'restore'>>(new Table(), {
      snapshot: () => pieces,
      restore: (given, version) => restored.push([...given], version),
    })
    new ExactlyOnce(machine).restore([...new ExactlyOnce(machine).snapshot()], 1)
    expect(restored).toEqual([pieces, 1])
  })
})

describe('a snapshot that is restored', () => {
  it('replaces what was executed, the session table included', () => {
    const one = replica()
    one.execute(set('a', 1, 1))
    const two = replica()
    two.execute(sweep(0))
    two.execute(set('b', 2, 1))
    two.execute(set('c', 2, 2))
    two.restore([...one.snapshot()], 1)
    expect([...two.snapshot()]).toEqual([...one.snapshot()])
    expect(two.sweeps).toBe(0)
    // Of its two commands this is the one that the snapshot does not hold.
    two.execute(set('a', 3, 1))
    expect([...two.snapshot()]).toEqual([...one.snapshot()])
    one.execute(set('c', 2, 2))
    two.execute(set('c', 2, 2))
    expect([...two.snapshot()]).toEqual([...one.snapshot()])
  })

  /** What a replica that has executed something says of these chunks; it must be as it was where they are refused. */
  const refusal = (chunks: readonly Uint8Array[]): string | undefined => {
    const state = replica()
    state.execute(sweep(0))
    state.execute(set('k0', 0, 1))
    const before = [...state.snapshot()]
    try {
      state.restore(chunks, 1)
      return undefined
    } catch (error) {
      expect([...state.snapshot()]).toEqual(before)
      return error instanceof InvalidSnapshot ? error.reason : String(error)
    }
  }
  const ofPieces = (...pieces: Uint8Array[]): readonly Uint8Array[] => [...toChunks(pieces)]
  const ofRows = (...rows: Json[]): readonly Uint8Array[] => ofPieces(...rows.map(encodeRow))
  const header = encodeRow(['epaxos state', 3])
  const endOfRows = new Uint8Array()
  const ofRoster = (...rows: Json[]): readonly Uint8Array[] =>
    ofPieces(header, ...rows.map(encodeRow), endOfRows, encodeRow([0, 0]), endOfRows)
  const ofTable = (...rows: Json[]): readonly Uint8Array[] =>
    ofPieces(header, endOfRows, ...rows.map(encodeRow), endOfRows)
  const ofMap = (...rows: Json[]): readonly Uint8Array[] =>
    ofPieces(header, endOfRows, encodeRow([0, 0]), endOfRows, ...rows.map(encodeRow))
  const entries = (...list: Json[]): readonly Uint8Array[] => ofTable([3, 4], [ada, 2, 2, 3, list])

  it('of a later version is refused, whatever follows, and says that this program needs an update', () => {
    const later = ofRows(['epaxos state', 4, { anything: 1 }])
    expect(refusal(later)).toBe('newer-version')
    expect(refusal([Buffer.concat([...later, new Uint8Array(100)])])).toBe('newer-version')
    expect(() => replica().restore(later, 1)).toThrow('it has format 4, and this program reads format 3: update it')
  })

  it('that no replica has made is refused, and nothing has changed', () => {
    expect(refusal(entries([3, 'done'], [4, 'done', [1]], [5, 'threw', 'x']))).toBeUndefined()
    expect(refusal(ofMap(['a', 1], ['b', 2]))).toBeUndefined()
    expect(refusal(ofRoster(['register', ada, '00'.repeat(65)], ['expelled', ada, true]))).toBeUndefined()
    const bad = [
      [],
      [new Uint8Array(100).fill(0xff)],
      ofRows(),
      ofRows({}),
      ofPieces(endOfRows),
      ofPieces(header),
      ofPieces(header, endOfRows),
      ofPieces(header, endOfRows, encodeRow([0, 0])),
      ofPieces(encodeRow(['another state', 3]), endOfRows, encodeRow([0, 0]), endOfRows),
      ofPieces(encodeRow(['epaxos state', 1, 1, 0]), encodeRow([0, 0]), endOfRows),
      ofPieces(encodeRow(['epaxos state', '3']), endOfRows, encodeRow([0, 0]), endOfRows),
      ofMap('x'),
      ofMap(['a', 1], ['b']),
      ofMap(['a', 1], ['b', 1], ['a', 1]),
      ofTable(),
      ofTable('x'),
      ofTable([1]),
      ofTable([1, -1]),
      ofTable([3, 4], 'x'),
      ofTable([3, 4], ['ada', 0, 0, 0, []]),
      ofTable([3, 4], [ada, 0, 0, 0]),
      ofTable([3, 4], [ada, 0, 0, 0, 1]),
      ofTable([3, 4], [ada, 1, 0, 0, []]),
      ofTable([3, 4], [ada, 0, 0, 4, []]),
      ofTable([3, 4], [session(1, 4), 0, 0, 3, []]),
      ofTable([3, 4], [ada, 0, 0, 0, []], [ada, 0, 0, 0, []]),
      entries('x'),
      entries([3]),
      entries([3, 'maybe']),
      entries([3, 'threw']),
      entries([3, 'threw', 1]),
      entries([3, 'done', 1, 2]),
      entries(['3', 'done']),
      entries([2, 'done']),
      entries([3, 'done'], [3, 'done']),
      ofRoster('x'),
      ofRoster(['register', ada]),
      ofRoster(['register', ada, 'f00d']),
      ofRoster(['expel', ada, ada]),
      ofRoster(['expelled', 'ada', true]),
      ofRoster(['expelled', ada, 1]),
      ofRoster(['change', 0, '00'.repeat(65), ada, []]),
      ofRoster(['change', 1, '00'.repeat(65), ada, [[ada]]]),
      ofRoster(['change', 1, '00'.repeat(65), ada, [[ada, '00'.repeat(31)]]]),
      ofRoster([
        'change',
        1,
        '00'.repeat(65),
        ada,
        [
          [ada, '00'.repeat(32)],
          [ada, '00'.repeat(32)],
        ],
      ]),
      ofRoster(...Array.from({ length: 257 }, (_, i): Json => ['expel', session(1, i)])),
    ]
    expect(bad.map(refusal)).toEqual(bad.map(() => 'malformed'))
  })

  const state = replica()
  for (let i = 1; i <= 3; i++) state.execute(set(`k${i}`, { i }, i))
  const [chunk] = [...state.snapshot()] as [Uint8Array]

  it('is refused wherever it was cut off', () => {
    expect([...fromChunks([chunk])]).toHaveLength(8)
    for (let length = 0; length < chunk.length; length++) {
      expect(refusal([chunk.subarray(0, length)])).toBe('malformed')
    }
  })

  it('with a byte changed is refused, or is another state: it never breaks anything else', () => {
    fc.assert(
      fc.property(fc.nat(chunk.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = chunk.slice()
        changed[at] = (changed[at] as number) ^ change
        expect([undefined, 'malformed', 'newer-version']).toContain(refusal([changed]))
      }),
    )
  })
})
