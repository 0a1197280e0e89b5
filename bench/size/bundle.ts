import { builtinModules } from 'node:module'
import { gzipSync } from 'node:zlib'
import { build, type InlineConfig, type Rolldown } from 'vite'

/** What a page loads of a program, in bytes after gzip of each file. */
export interface Loaded {
  /** Before its first line runs. */
  readonly first: number
  /** When it is asked for: all of it together. */
  readonly later: number
}

export interface Program {
  /** What an application would write. */
  readonly source: string
  /** Where its packages are found. */
  readonly root: string
  /** Of Node, not of browsers: packages that have something for each of the two give that for Node. */
  readonly node?: boolean
  /** Packages that are somebody else's. */
  readonly external?: readonly string[]
  readonly aliases?: { readonly find: RegExp; readonly replacement: string }[]
}

const ENTRY = 'epaxos-bench-entry'
/** The best that gzip does, as servers with files at rest send them. */
const LEVEL = 9
const IN_NODE: InlineConfig['resolve'] = {
  conditions: ['node', 'module', 'production'],
  mainFields: ['module', 'main'],
}

/** Builds a program for production, with all that it imports, as an application is built: minified, without what it doesn't use. */
export const loadedBy = async (program: Program): Promise<Loaded> => loadedOf(await outputOf(program))

/** Its files: those that the first one needs at once, and the others. */
export const loadedOf = (files: readonly OutputFile[]): Loaded => {
  const named = new Map(files.map((file) => [file.fileName, file]))
  const first = new Set<OutputFile>()
  const need = (file: OutputFile | undefined): void => {
    if (file === undefined || first.has(file)) return
    first.add(file)
    for (const name of file.needs) need(named.get(name))
  }
  for (const file of files) if (file.begins) need(file)
  const sum = (some: readonly OutputFile[]): number =>
    some.reduce((bytes, { content }) => bytes + gzipSync(content, { level: LEVEL }).length, 0)
  return { first: sum(files.filter((file) => first.has(file))), later: sum(files.filter((file) => !first.has(file))) }
}

/** A file of what was built. */
export interface OutputFile {
  readonly fileName: string
  readonly content: string | Uint8Array
  /** The program begins with it. */
  readonly begins: boolean
  /** Names of the files that have to be there before it runs: other modules, and WebAssembly. */
  readonly needs: readonly string[]
}

const outputOf = async ({
  source,
  root,
  node = false,
  external = [],
  aliases = [],
}: Program): Promise<OutputFile[]> => {
  const entry = `${root}/${ENTRY}.js`
  const absent = [...builtinModules, ...external]
  const output = await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    resolve: { ...(node ? IN_NODE : {}), alias: aliases },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? entry : undefined),
        load: (id) => (id === entry ? source : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      reportCompressedSize: false,
      // WebAssembly in a file of its own, however small.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: ENTRY,
        // Also what the program itself does not call.
        preserveEntrySignatures: 'strict',
        external: (id) => id.startsWith('node:') || absent.some((name) => id === name || id.startsWith(`${name}/`)),
      },
    },
  })
  return (output as Rolldown.RolldownOutput).output.map((file) =>
    file.type === 'chunk'
      ? { fileName: file.fileName, content: file.code, begins: file.isEntry, needs: file.imports }
      : { fileName: file.fileName, content: file.source, begins: file.fileName.endsWith('.wasm'), needs: [] },
  )
}
