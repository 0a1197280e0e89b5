import { defineConfig, type Plugin, type UserConfig } from 'vite'
import { aliases, root } from './tools/entries.js'
import { museum } from './tools/museum/plugin.js'
import { relay } from './tools/relay-plugin.js'

const address = {
  // The LAN is asked for: --host.
  host: '127.0.0.1',
  // Vite takes the next free one where this is taken.
  port: 5173,
}

/** While it is developed Vite puts styles into the page itself, which the page's policy forbids. */
const developed: Plugin = {
  name: 'developed',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
}

/** The demo, and the relay it talks to. The library is built by tools/library.config.ts. */
const config: UserConfig = defineConfig({
  root: `${root}demo`,
  // Relative, so that the built page works under any path of a static host.
  base: './',
  resolve: { alias: aliases },
  plugins: [developed, relay(), museum()],
  // Named here, for a dependency that is met late reloads the page.
  optimizeDeps: { include: ['idb-keyval', 'simple-peer/simplepeer.min.js', 'uplot', 'ws'] },
  build: {
    outDir: `${root}dist-demo`,
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // That the museum reads core a dozen times over is no news to whoever starts the demo.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: address,
  preview: address,
})

export default config
