import { atMost, type Bench, type Measure, type Target } from './report.js'
import { type Loaded, loadedBy, type Program } from './size/bundle.js'
import { installed } from './size/installed.js'
import { entryPoints, FIRST_LOAD, others, sets } from './size/programs.js'

/** Of kilobytes before the first line runs. */
const TARGETS: Readonly<Record<string, Target>> = {
  'epaxos/core': atMost(20, 15),
  [FIRST_LOAD]: atMost(48, 40),
}

/** What a page loads of this library, and of others that are there for a similar purpose. */
export const size: Bench = async (_count, say) => {
  const measured = async (group: string, programs: ReadonlyMap<string, Program>): Promise<readonly Measure[]> => {
    const measures: Measure[] = []
    for (const [name, program] of programs) {
      const loaded = await loadedBy(program)
      say(`${name}: ${loaded.first} bytes, and ${loaded.later} later`)
      measures.push(...measuresOf(group, name, loaded))
    }
    return measures
  }
  const own = [...(await measured('entry points', entryPoints)), ...(await measured('first load', sets))]
  const versions = Object.entries(others.packages).map(([name, version]) => `${name} ${version}`)
  let beside: readonly Measure[] = []
  let comparison: string
  try {
    say(`installs ${versions.join(', ')}`)
    beside = await installed(others.packages, (root) => measured('others, first load', others.sets(root)))
    comparison = `Others: ${versions.join(', ')}; what they have in WebAssembly counts.`
  } catch (error) {
    comparison = `Others were not measured: ${error instanceof Error ? error.message.trim() : String(error)}`
  }
  return {
    about: [
      'Built for production by Vite, minified, with all dependencies but React and those that only Node needs; each file after gzip of level 9.',
      'What is loaded later is loaded when it is asked for: not by every page.',
      comparison,
      'They do another thing: they merge what was written, where this library decides one order. A page of either has state, a place for it, and a wire.',
    ],
    measures: [...own, ...beside],
    failures: [],
  }
}

const measuresOf = (group: string, name: string, { first, later }: Loaded): readonly Measure[] => {
  const target = TARGETS[name]
  const measure = { group, name, unit: 'KB', values: [first / 1000], ...(target && { target }) }
  return later === 0 ? [measure] : [measure, { group, name: `${name}: later`, unit: 'KB', values: [later / 1000] }]
}
