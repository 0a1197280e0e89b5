/** What the modules of one room of src/ may import besides each other. */
export interface Room {
  readonly rooms: readonly string[]
  /** Packages, with their subpaths; `node:` stands for Node's own modules. */
  readonly packages: readonly string[]
  /** May open the doors of single adapters (`storage/indexeddb.ts`), not only a room's `index.ts`. */
  readonly adapters: boolean
}

const room = (rooms: readonly string[], packages: readonly string[] = [], adapters = false): Room => ({
  rooms,
  packages,
  adapters,
})

/** The table of the architecture, row by row. A folder of src/ that is not in it may not exist. */
export const rooms: Readonly<Record<string, Room>> = {
  core: room([]),
  state: room(['core']),
  member: room(['core', 'state']),
  wire: room(['core', 'member']),
  storage: room(['core', 'member', 'wire'], ['idb-keyval', 'lmdb', 'node:']),
  transport: room(['core', 'wire'], ['simple-peer', 'ws']),
  relay: room(['wire'], ['ws', 'node:', 'jose', 'ioredis']),
  room: room(['core', 'state', 'member', 'wire', 'storage', 'transport']),
  view: room(['core']),
  testing: room(['core', 'state', 'member', 'wire', 'storage', 'transport', 'room'], [], true),
  react: room(['core', 'state', 'storage', 'transport', 'room'], ['react']),
  inspector: room(['core', 'state', 'storage', 'transport', 'room', 'view']),
  // A room's replica and its relay in one object, which is what runs at the edge.
  edge: room(['core', 'state', 'member', 'wire', 'storage', 'transport', 'room', 'relay'], [], true),
  sim: room(['core', 'state', 'member', 'wire']),
  // What runs the simulator from a command line.
  'sim/cli.ts': room([], ['node:']),
  cli: room(['index', 'core', 'state', 'storage', 'transport', 'room', 'relay'], ['node:', '@roamhq/wrtc'], true),
  // src/index.ts, which is all of the package that a browser needs.
  index: room(['core', 'state', 'storage', 'transport', 'room', 'view'], [], true),
}

/** Tests, and what only tests use: neither is part of the package. */
export const isTest = (path: string): boolean =>
  /(\.test|\/arbitraries|\/hostile|\/manual-clock|\/memory-connections|\/(core|processes)\/script|\/script-lines|\/stage(-words)?)\.ts$/.test(
    path,
  )

/** A test may import what its room may, the simulator, the contracts of adapters, and real parts to test against. */
export const forTests = ({ rooms, packages }: Room): Room =>
  room(
    [...rooms, 'sim', 'relay', 'testing'],
    [...packages, 'vitest', 'fast-check', 'react-dom', 'ws', 'cbor-x', 'zod', 'node:', '@roamhq/wrtc'],
    true,
  )

/**
 * The rooms that hold no clock, no randomness of their own and no I/O. Core and member have no promises either; state may
 * promise an application the results that its state machine computes in one go.
 */
export const pure: Readonly<Record<string, { readonly promises: boolean }>> = {
  core: { promises: false },
  member: { promises: false },
  state: { promises: true },
}

/** Folders that are written as a user would write: the package's exports and nothing else of it. */
export const users: readonly string[] = ['demo', 'e2e', 'examples']

/** Folders that try what is behind the doors, as the tests of each room do. */
export const probes: readonly string[] = ['tools/fuzz']

/** Modules that load what a command line names. */
export const loaders: readonly string[] = ['src/cli/state-module.ts']
