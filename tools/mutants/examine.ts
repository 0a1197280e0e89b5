import { fork } from 'node:child_process'
import { root } from '../entries.js'
import type { Mutant, Profile } from './plugin.js'
import { runAt, shown } from './trial.js'
import type { Ending, Telling } from './worker.js'

/** A run takes a tenth of a second, of the churn profile a whole one: one that takes this long does not end. */
const RUN_LIMIT_MS = 60_000

/** How Node ends a process whose heap is full. */
const OUT_OF_MEMORY = 'SIGABRT'

/** Tries the sources as they are. @throws Error when a process ends by itself */
export const examineSound = (profile: Profile, runs: number): Promise<Ending> => tryOut(profile, [0, runs], ['sound'])

/**
 * Tries one mutant.
 * @param sound so many of its runs are known to pass without it
 * @param begins told the index of each run before it begins
 * @throws Error when the run that has killed the mutant ends no better without the fault, or when a process ends by
 *   itself: nothing is known then
 */
export const examine = async (
  mutant: Mutant,
  runs: number,
  sound: number,
  begins: (index: number) => void,
): Promise<Ending> => {
  const { name } = mutant
  const ending = await tryOut(name, [0, runs], [], begins)
  if (ending.kind === 'survived' || ending.index < sound) return ending
  // Only the fault may make the difference, also where a run has not ended or has filled the memory.
  const { index } = ending
  const without = await tryOut(name, [index, index + 1], ['sound'])
  if (without.kind === 'survived') return ending
  throw new Error(`mutant ${name}: ${shown(runAt(index, mutant))} fails without any fault (${without.by})`)
}

/** In a process of its own: a run that does not end is ended with it. */
const tryOut = (
  name: string,
  [from, to]: readonly [from: number, to: number],
  sound: readonly 'sound'[],
  begins: (index: number) => void = () => {},
): Promise<Ending> =>
  new Promise((resolve, reject) => {
    const worker = [`${root}tools/mutants/worker.ts`, name, String(from), String(to), ...sound]
    const child = fork(`${root}tools/run.mjs`, worker)
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
