import { defineConfig, type UserConfig } from 'vite'
import { aliases, root } from './entries.js'
import { relay } from './relay-plugin.js'

/** The examples as they stand, and the relay they talk to. */
const config: UserConfig = defineConfig({
  root: `${root}examples`,
  // Its own, so that the demo can be served at the same time.
  cacheDir: `${root}node_modules/.vite-examples`,
  resolve: { alias: aliases },
  plugins: [relay()],
  server: { host: '127.0.0.1', port: 5174 },
})

export default config
