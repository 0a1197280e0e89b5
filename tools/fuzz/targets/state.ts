import { write } from '../../../src/core/index.js'
import { ExactlyOnce, InvalidSnapshot, importedPieces, replicatedMap } from '../../../src/state/index.js'
import { damaged, joined } from '../bytes.js'
import type { Dice } from '../dice.js'
import { type Json, json, textBytes } from '../json.js'
import { readOr, sameBytes, type Target, Wrong } from '../target.js'
import { mutated } from '../trees.js'

const state = replicatedMap()
const CHUNK_BYTES = 1 << 16
const END = 0xffff_ffff

const machine = (): ExactlyOnce => new ExactlyOnce(state.create(), { versions: state.versions })

/** What it holds after some calls, in one piece. */
const sound = (): Uint8Array => {
  const it = machine()
  for (let sequence = 1; sequence <= 20; sequence++) {
    const call = ['set', { key: `k${sequence % 7}`, value: [sequence, { name: 'x'.repeat(sequence) }] }, 'Ada']
    const session = (sequence % 3).toString().padStart(32, '0')
    const command = {
      spans: [write(`k${sequence % 7}`)],
      payload: textBytes(call as Json),
      session,
      sequence,
      acknowledged: 0,
      after: [],
    }
    it.execute({ kind: 'commands', commands: [command] })
  }
  return joined(...it.snapshot())
}

const piecesIn = (all: Uint8Array): readonly Uint8Array[] => {
  const view = new DataView(all.buffer)
  const pieces: Uint8Array[] = []
  for (let at = 0; view.getUint32(at) !== END; ) {
    const length = view.getUint32(at)
    pieces.push(all.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  return pieces
}

const number = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

const framed = (pieces: readonly Uint8Array[], count: number): Uint8Array =>
  joined(...pieces.flatMap((piece) => [number(piece.length), piece]), number(END), number(count))

const rowOf = (piece: Uint8Array): Json =>
  piece.length === 0 ? '' : (JSON.parse(new TextDecoder().decode(piece)) as Json)

const changedSnapshot = (): ((dice: Dice) => Uint8Array) => {
  const all = sound()
  const pieces = piecesIn(all)
  const rows = pieces.map(rowOf)
  return (dice) => {
    if (dice.onceIn(4)) return damaged(dice, all, all)
    const result = [...pieces]
    for (let changes = 1 + dice.below(3); changes > 0; changes--) {
      const at = dice.below(result.length)
      const changed = dice.onceIn(5)
        ? damaged(dice, result[at] ?? all, all)
        : textBytes(mutated(dice, json, rows[at] ?? null, dice.of(rows)))
      result.splice(at, dice.below(3), ...(dice.onceIn(6) ? [] : [changed]))
    }
    return framed(result, dice.onceIn(20) ? dice.below(99) : result.length)
  }
}

const chunksOf = (all: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(all.length / CHUNK_BYTES) }, (_, i) =>
    all.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  )

const exports: readonly Json[] = [
  { format: 'epaxos export', version: 1, entries: [] },
  {
    format: 'epaxos export',
    version: 1,
    entries: [
      ['a', 1],
      ['b', null],
      ['c', { deep: [[['x']], 'é'] }],
    ],
  },
]

/** States that come from elsewhere: from a member, from a storage, out of a file. */
export const states: readonly Target[] = [
  {
    name: 'snapshot',
    share: 6,
    source: changedSnapshot,
    subject() {
      const it = machine()
      return (input) => {
        const before = [...it.snapshot()]
        const restored = readOr(InvalidSnapshot, () => {
          it.restore(chunksOf(input), 1)
          return true
        })
        const after = joined(...it.snapshot())
        if (restored === undefined) {
          if (!sameBytes(joined(...before), after)) throw new Wrong('what was refused has changed something')
          return
        }
        const again = machine()
        again.restore(chunksOf(after), 1)
        if (!sameBytes(joined(...again.snapshot()), after)) throw new Wrong('what was restored is not what is there')
      }
    },
  },
  {
    name: 'export',
    share: 6,
    source: () => (dice) => textBytes(mutated(dice, json, dice.of(exports), dice.of(exports))),
    subject: () => (input) => {
      const given = readOr(SyntaxError, () => JSON.parse(new TextDecoder().decode(input)) as unknown)
      readOr(InvalidSnapshot, () => {
        const { version, pieces } = importedPieces(given)
        state.create().restore(pieces, version)
      })
    },
  },
]
