import { createServer, type ViteDevServer } from 'vite'
import { aliases, root } from '../entries.js'
import { museum } from './plugin.js'

/** Loads the library and the demo from their sources, with the museum's copies of core. It listens nowhere. */
export const museumServer = (): Promise<ViteDevServer> =>
  createServer({
    configFile: false,
    root,
    logLevel: 'silent',
    appType: 'custom',
    resolve: { alias: aliases },
    plugins: [museum()],
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  })
