import { fork } from 'node:child_process'
import { root } from '../entries.js'
import type { Mutant } from './plugin.js'
import type { Ending, Telling } from './worker.js'

/** A run takes a tenth of a second: one that takes this long does not end. */
const RUN_LIMIT_MS = 20_000

/** How Node ends a process whose heap is full. */
const OUT_OF_MEMORY = 'SIGABRT'

/**
 * Tries one mutant, or the sources as they are, in a process of its own: a run that does not end is ended with it.
 * @param begins told the index of each run before it begins
 * @throws Error when the process ends by itself: nothing is known then
 */
export const examine = (
  mutant: Mutant | undefined,
  runs: number,
  begins: (index: number) => void = () => {},
): Promise<Ending> =>
  new Promise((resolve, reject) => {
    const name = mutant?.name ?? 'none'
    const child = fork(`${root}tools/run.mjs`, [`${root}tools/mutants/worker.ts`, name, String(runs)])
    let index = -1
    let ending: Ending | undefined
    let limit: NodeJS.Timeout | undefined
    const end = (): void => {
      ending = { kind: 'killed', index, by: 'hang' }
      child.kill('SIGKILL')
    }
    child.on('message', (telling: Telling) => {
      clearTimeout(limit)
      if (telling.kind !== 'begins') ending = telling
      else {
        index = telling.index
        begins(index)
        limit = setTimeout(end, RUN_LIMIT_MS)
      }
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(limit)
      if (ending !== undefined) resolve(ending)
      else if (signal === OUT_OF_MEMORY && index >= 0) resolve({ kind: 'killed', index, by: 'out of memory' })
      else reject(new Error(`the process of mutant ${name} has ended with ${signal ?? code} in run ${index}`))
    })
  })
