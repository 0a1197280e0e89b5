import type { Mutant } from './plugin.js'

/** Faults in what a map does with the commands that it executes. */
export const machineFaults: readonly Mutant[] = [
  {
    name: 'scan-cut-short',
    hazard: 'K19',
    file: 'state/map-machine.ts',
    find: 'return this.#within(key, operation[2])',
    replace: 'return this.#within(key, operation[2]).slice(0, 3)',
    says: 'A scan ends after three keys.',
  },
  {
    name: 'clear-cut-short',
    hazard: 'K19',
    file: 'state/map-machine.ts',
    find: 'this.#within(key, operation[2]).map(([name]) => name)',
    replace: 'this.#within(key, operation[2]).slice(0, 3).map(([name]) => name)',
    says: 'A clear of a range deletes three keys of it at most, and tells which.',
  },
]
