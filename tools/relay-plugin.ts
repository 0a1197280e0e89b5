import type { Server } from 'node:http'
import type { HttpServer, Plugin } from 'vite'
import { attachRelay } from '../src/relay/node.js'

/** Puts the relay on the http server of `vite` and `vite preview`: a page finds it at its own origin, under `/relay`. */
export const relay = (): Plugin => ({
  name: 'epaxos-relay',
  configureServer: ({ httpServer }) => attach(httpServer),
  configurePreviewServer: ({ httpServer }) => attach(httpServer),
})

/** Vite has no http server in middleware mode, and an HTTP/2 one, which speaks HTTP/1.1 too, behind TLS. */
const attach = (server: HttpServer | null): void => {
  if (server === null) return
  const attached = attachRelay(server as Server, { path: '/relay' })
  server.once('close', () => attached.close())
}
