import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One entry point of the package, as package.json's `exports` declares it. */
export interface Entry {
  /** What a user imports: `epaxos/core`. */
  readonly specifier: string
  /** Its module, without root and extension: `core/index` is `src/core/index.ts` and `dist/core/index.js`. */
  readonly module: string
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, { readonly default: string }>>
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** The checkout, with a trailing slash. */
export const root: string = fileURLToPath(new URL('../', import.meta.url))

export const manifest: Manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

const moduleOf = (built: string): string => built.replace(/^(\.\/)?dist\//, '').replace(/\.js$/, '')

export const entries: readonly Entry[] = Object.entries(manifest.exports).map(([path, target]) => ({
  specifier: manifest.name + path.slice(1),
  module: moduleOf(target.default),
}))

/** Modules that are run, not imported: the package's command. */
export const commands: readonly string[] = Object.values(manifest.bin).map(moduleOf)

/** Makes `epaxos/…` mean this checkout's sources, for Vite and all that stands on it. tsconfig.json's `paths` says the same. */
export const aliases: { find: RegExp; replacement: string }[] = entries.map(({ specifier, module }) => ({
  find: new RegExp(`^${specifier}$`),
  replacement: `${root}src/${module}.ts`,
}))
