import { built, measured } from './child.js'
import type { Bench } from './report.js'
import type { Led } from './wan/leader.js'
import type { Outcome } from './wan/outcome.js'
import { plotOf } from './wan/plot.js'
import { loadsOf, nameOfScene, type Scene, scenes } from './wan/scenes.js'
import type { Summary } from './wan/summary.js'
import { measuresOf } from './wan/tables.js'

/** Each run draws anew when clients begin, and what interferes. */
const SEEDS = 5

/** How long commands take between cities, in virtual time: beside Multi-Paxos, and beside what is possible. */
export const wan: Bench = async (count = SEEDS, say) => {
  const file = await built('wan/measure.ts')
  const outcomes: Outcome[] = []
  for (const scene of scenes) outcomes.push(await outcomeOf(file, scene, count, say))
  return {
    about: [
      `Real replicas in a simulated world: ways take half of the measured round trips (AWS, 2021), virtual time, ${count} runs.`,
      'Nothing is lost, nobody computes: figures are exact, and spread only by when clients begin and what they draw.',
      'Five cities: Singapore, Canada, Ireland, São Paulo, California. Three: Canada, Ireland, California. One voter in each.',
      'Clients are next to a voter, and ask for the next command as soon as the last is executed there.',
      'x % interference: each command writes one key that all share with that probability, otherwise a key of its own, as in',
      'the paper. What it costs also depends on how many clients there are: a write of the shared key is slow only where',
      'another is on its way. With 1 client each, of 10 % few meet. With 10 each there is always another on its way: each',
      'then takes two round trips at least, which is 10 % above the optimum by itself, and waits for what it has met, and',
      'for the one before it from the same place. So of 10 % only 1 client each is held against a target.',
      'Disks take no time, as in the paper, but where it says so: then three writes are on the way of a command.',
      'Optimum: where nothing interferes, to the farthest of the nearest fast quorum and back.',
      'Multi-Paxos is led from where the mean over all places is least.',
    ],
    measures: outcomes.flatMap(measuresOf),
    plots: outcomes.filter(({ scene }) => scene.writeMs === 0).map(plotOf),
    failures: outcomes.flatMap(failuresOf),
  }
}

const outcomeOf = async (file: string, scene: Scene, seeds: number, say: (line: string) => void): Promise<Outcome> => {
  const name = nameOfScene(scene)
  const runs: { interference: number; summaries: readonly Summary[] }[] = []
  for (const interference of scene.interference) {
    say(`${name}: ${interference} %`)
    const loads = JSON.stringify(loadsOf(scene, interference, seeds))
    runs.push({ interference, summaries: await measured<Summary[]>(file, ['group', loads]) })
  }
  say(`${name}: Multi-Paxos`)
  const led = await measured<Led[]>(file, ['leader', JSON.stringify(loadsOf(scene, 0, seeds))])
  return { scene, runs, led }
}

const failuresOf = ({ scene, runs, led }: Outcome): readonly string[] => {
  const failures = [...runs.flatMap(({ summaries }) => summaries), ...led].flatMap((each) => each.failures)
  return [...new Set(failures)].map((failure) => `${nameOfScene(scene)}: ${failure}`)
}
