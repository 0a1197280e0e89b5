import { builtinModules } from 'node:module'
import { defineConfig, type UserConfig } from 'vite'
import { commands, entries, manifest, root } from './entries.js'

const modules = [...entries.map(({ module }) => module), ...commands]
const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies), ...builtinModules]

/** The library: one file per source file, nothing of anyone else's in it, readable. Its users' bundlers do the rest. */
const config: UserConfig = defineConfig({
  root,
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    minify: false,
    lib: {
      entry: Object.fromEntries(modules.map((module) => [module, `src/${module}.ts`])),
      formats: ['es'],
    },
    rolldownOptions: {
      // Constants stay in their modules: inlined ones leave bare imports behind, which bundlers warn of.
      optimization: { inlineConst: false },
      external: (id) => id.startsWith('node:') || packages.some((name) => id === name || id.startsWith(`${name}/`)),
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
})

export default config
