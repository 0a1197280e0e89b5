import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'
import { root } from '../entries.js'
import { mutants } from '../mutants/list.js'
import { type Mutant, mutated, pathOf } from '../mutants/plugin.js'

const NAME = 'museum:'
const MARK = '?museum='
const CORE = `${root}src/core/`

/** Its classes are told apart by identity, by whoever catches them: there is one of each, whatever core throws it. */
const SHARED = `${CORE}errors.ts`

const mutantOf = (name: string): Mutant => {
  const mutant = mutants.find((each) => each.name === name && each.file.startsWith('core/'))
  if (mutant === undefined) throw new Error(`${NAME}${name} names no mutant of src/core: see tools/mutants`)
  return mutant
}

/** The file, and the mutant whose copy of core it is for; undefined: it is of no copy. */
const copyOf = (id: string | undefined): { readonly path: string; readonly name: string } | undefined => {
  const [path, name] = id?.split(MARK) ?? []
  return path === undefined || name === undefined ? undefined : { path, name }
}

/**
 * `import('museum:<mutant>')` is a copy of src/core with that mutant's fault in it, beside the core that is right: what is
 * shipped has no switches. A copy loads when it is asked for.
 */
export const museum = (): Plugin => ({
  name: 'museum',
  enforce: 'pre',
  resolveId: (source, importer) => {
    if (source.startsWith(NAME)) return `${CORE}index.ts${MARK}${mutantOf(source.slice(NAME.length)).name}`
    const from = copyOf(importer)
    if (from === undefined || !source.startsWith('.')) return undefined
    // Only core is copied, and core imports nothing but itself, by relative names that say what TypeScript makes of them.
    const path = new URL(source.replace(/\.js$/, '.ts'), `file://${from.path}`).pathname
    return path === SHARED ? path : `${path}${MARK}${from.name}`
  },
  load: async (id) => {
    const copy = copyOf(id)
    if (copy === undefined) return undefined
    const source = await readFile(copy.path, 'utf8')
    const mutant = mutantOf(copy.name)
    return { code: copy.path === pathOf(mutant) ? mutated(mutant, source) : source, moduleType: 'ts' }
  },
})
