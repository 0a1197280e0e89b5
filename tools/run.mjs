// node tools/run.mjs <module.ts> [arguments]: runs a TypeScript module in Node, where `epaxos/…` means src/.
// The module must have imported all it needs by the time its top level is done.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const [node, , module, ...rest] = process.argv
if (module === undefined) throw new Error('usage: node tools/run.mjs <module.ts> [arguments]')
const file = resolve(module)
process.argv = [node, file, ...rest]

const bare = { configFile: false, logLevel: 'warn' }
const { module: entries } = await runnerImport(fileURLToPath(new URL('entries.ts', import.meta.url)), bare)
await runnerImport(file, { ...bare, resolve: { alias: entries.aliases } })
