import { mutants } from './list.js'
import { type Runs, runAt, trialOf } from './trial.js'

// The process in which examine.ts tries one mutant in the runs from one index up to another, or what is "sound": the
// same runs without the fault, or those of a whole profile. It tells which run begins, and how it all ended.

export type Ending =
  | { readonly kind: 'survived' }
  /** By a checker, or an error, in the run with this index. */
  | { readonly kind: 'killed'; readonly index: number; readonly by: string }

export type Telling = Ending | { readonly kind: 'begins'; readonly index: number }

const [, , name, from, to, sound] = process.argv
const mutant = mutants.find((each) => each.name === name)
const runs: Runs = mutant ?? (name === 'churn' ? { profile: 'churn' } : {})

/** Returns once it has been told: a run that never ends is known by what was told before it. */
const tell = (telling: Telling): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(telling, (error: Error | null) => (error === null ? resolve() : reject(error)))
  })

const ending = async (): Promise<Ending> => {
  const trial = await trialOf(sound === undefined ? mutant : undefined)
  for (let index = Number(from); index < Number(to); index++) {
    await tell({ kind: 'begins', index })
    const by = trial(runAt(index, runs))
    if (by !== undefined) return { kind: 'killed', index, by }
  }
  return { kind: 'survived' }
}

await tell(await ending())
process.disconnect()
