import fc from 'fast-check'
import { type Deps, type TraceCell, write } from '../core/index.js'

/** An instance that writes `title`, committed and not yet executed unless something else is said. */
export const cell = (
  slot: number,
  number: number,
  deps: Deps | undefined,
  other: Partial<TraceCell> = {},
): TraceCell => ({
  instance: { slot, number },
  phase: 'committed',
  value: {
    kind: 'commands',
    commands: [
      {
        spans: [write('title')],
        payload: new Uint8Array(),
        session: '0'.repeat(32),
        sequence: 1,
        acknowledged: 0,
        after: [],
      },
    ],
  },
  void: false,
  deps,
  initDeps: deps,
  ballot: 0,
  path: 'told',
  executed: (other.position ?? 0) > 0,
  position: 0,
  ...other,
})

/** Rows of up to nine voters with gaps in them, whose instances may depend on anything that is no later number of their own row. */
export const rowsOfCells: fc.Arbitrary<readonly (readonly TraceCell[])[]> = fc.integer({ min: 1, max: 9 }).chain((n) =>
  fc.tuple(
    ...Array.from({ length: n }, (_, slot) =>
      fc
        .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 })
        .map((numbers) => numbers.sort((a, b) => a - b))
        .chain((numbers) =>
          fc.tuple(
            ...numbers.map((number) =>
              fc.array(fc.integer({ min: 0, max: 60 }), { minLength: n, maxLength: n }).map((deps) =>
                cell(
                  slot,
                  number,
                  deps.map((dep, row) => (row === slot ? Math.min(dep, number - 1) : dep)),
                ),
              ),
            ),
          ),
        ),
    ),
  ),
)
