import { join } from 'node:path'
import { build } from 'vite'
import { aliases, root } from '../entries.js'

/**
 * A Worker of one file, for workerd: what its author's bundler would make of it, with the conditions that wrangler has.
 * @param entry a module of this checkout, by its path from the root; `epaxos/…` means src/ in it
 * @returns the path of the file, in the folder
 */
export const bundleWorker = async (entry: string, folder: string): Promise<string> => {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias: aliases, conditions: ['workerd', 'worker', 'browser', 'module', 'import', 'default'] },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      lib: { entry: join(root, entry), formats: ['es'], fileName: () => 'worker.js' },
      rolldownOptions: { external: /^(cloudflare|node):/, output: { codeSplitting: false } },
    },
  })
  return join(folder, 'worker.js')
}
