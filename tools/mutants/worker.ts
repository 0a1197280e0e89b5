import { mutants } from './list.js'
import { runAt, trialOf } from './trial.js'

// The process in which examine.ts tries one mutant, or "none". It tells which run begins, and how it all ended.

export type Ending =
  | { readonly kind: 'survived' }
  /** By a checker, or an error, in the run with this index. */
  | { readonly kind: 'killed'; readonly index: number; readonly by: string }

export type Telling = Ending | { readonly kind: 'begins'; readonly index: number }

const [, , name, runs] = process.argv
const mutant = mutants.find((each) => each.name === name)
if (mutant === undefined && name !== 'none') throw new Error(`there is no mutant ${name}`)

/** Returns once it has been told: a run that never ends is known by what was told before it. */
const tell = (telling: Telling): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(telling, (error: Error | null) => (error === null ? resolve() : reject(error)))
  })

const ending = async (): Promise<Ending> => {
  const trial = await trialOf(mutant)
  for (let index = 0; index < Number(runs); index++) {
    await tell({ kind: 'begins', index })
    const run = runAt(index, mutant)
    const by = trial(run)
    if (by === undefined) continue
    // Only the fault may make the difference.
    if (mutant !== undefined && (await trialOf(undefined))(run) !== undefined) {
      throw new Error(`seed ${run.seed} n ${run.n} fails without any fault`)
    }
    return { kind: 'killed', index, by }
  }
  return { kind: 'survived' }
}

await tell(await ending())
process.disconnect()
