import { Late } from './late.js'

// Each in a file of its own when it is built: a room opens, and takes proposals, without them.

/** Links over a relay. */
export const relayedLinks: Late<typeof import('./relayed-link.js')> = /* @__PURE__ */ new Late(
  'the connection to the relay',
  () => import('./relayed-link.js'),
)

/** The same, with direct channels. */
export const directLinks: Late<typeof import('./direct-link.js')> = /* @__PURE__ */ new Late(
  'the connection to the relay, and direct ones',
  () => import('./direct-link.js'),
)

/** What seals links. */
export const sealing: Late<typeof import('./seal/index.js')> = /* @__PURE__ */ new Late(
  'sealing what members say to each other',
  () => import('./seal/index.js'),
)
