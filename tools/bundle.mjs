// node tools/bundle.mjs <module.ts> <folder>: writes the module, with all of ours that it imports, to <folder>/<module>.mjs,
// where `epaxos/…` means src/. For processes of which many are started, and that import what they need late. The folder is
// inside this checkout, so that packages are found.
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, runnerImport } from 'vite'

const [, , module, folder] = process.argv
if (module === undefined || folder === undefined) throw new Error('usage: node tools/bundle.mjs <module.ts> <folder>')
const bare = { configFile: false, logLevel: 'warn' }
const { module: entries } = await runnerImport(fileURLToPath(new URL('entries.ts', import.meta.url)), bare)
await build({
  ...bare,
  publicDir: false,
  resolve: { alias: entries.aliases },
  build: {
    ssr: resolve(module),
    outDir: resolve(folder),
    emptyOutDir: false,
    target: 'node20',
    rolldownOptions: { output: { entryFileNames: `${basename(module, '.ts')}.mjs` } },
  },
})
