import type { Mutant } from './plugin.js'

/** Faults in what a state does with the commands that it executes. */
export const machineFaults: readonly Mutant[] = [
  {
    name: 'scan-cut-short',
    hazard: 'K19',
    file: 'state/rows.ts',
    find: 'for (const [key, { value }] of entries) yield [key, value as T]',
    replace: 'let left = 3\n  for (const [key, { value }] of entries) if (left-- > 0) yield [key, value as T]',
    says: 'A scan ends after three keys.',
  },
  {
    name: 'clear-cut-short',
    hazard: 'K19',
    file: 'state/parts/map.ts',
    find: 'Array.from(entries(tx, range), ([key]) => key)',
    replace: 'Array.from(entries(tx, range), ([key]) => key).slice(0, 3)',
    says: 'A clear of a range deletes three keys of it at most, and tells which.',
  },
  {
    name: 'refused-kept',
    hazard: 'K19',
    file: 'state/mutator-machine.ts',
    find: 'if (isRefusal(returned)) tx.undo()',
    replace: '',
    says: 'What a mutator has written before it refuses stays written.',
  },
  {
    name: 'thrown-kept',
    hazard: 'K19',
    file: 'state/mutator-machine.ts',
    find: 'if (thrown !== undefined) {\n      tx.undo()',
    replace: 'if (thrown !== undefined) {',
    says: 'What a mutator has written before it throws stays written.',
  },
]
