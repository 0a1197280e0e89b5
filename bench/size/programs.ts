import { aliases, entries, manifest, root } from '../../tools/entries.js'
import type { Program } from './bundle.js'

/** Entry points that run in Node only, each with what it stands on there. */
const IN_NODE = /^epaxos\/(storage\/lmdb|relay\/(node|jwt|redis))$/

const ours = (source: string, node: boolean = false): Program => ({
  source,
  root,
  node,
  // Whoever wants them has them.
  external: Object.keys(manifest.peerDependencies),
  aliases,
})

/** Each entry point, all of it. */
export const entryPoints: ReadonlyMap<string, Program> = new Map(
  entries.map(({ specifier }) => [specifier, ours(`export * from '${specifier}'`, IN_NODE.test(specifier))]),
)

const ROOM = `export { openRoom } from 'epaxos'`
const INDEXED_DB = `export { indexedDb } from 'epaxos/storage/indexeddb'`
const WEB_SOCKET = `export { webSocket } from 'epaxos/transport/websocket'`
const WEB_RTC = `export { webRtc } from 'epaxos/transport/webrtc'`

export const FIRST_LOAD = 'room, IndexedDB, WebSocket'

/** What pages take of it together. The size of the first one is promised. */
export const sets: ReadonlyMap<string, Program> = new Map([
  [FIRST_LOAD, ours([ROOM, INDEXED_DB, WEB_SOCKET].join('\n'))],
  ['room, IndexedDB, WebRTC', ours([ROOM, INDEXED_DB, WEB_RTC].join('\n'))],
  [
    'room, IndexedDB, WebSocket, replicated map',
    ours([ROOM, `export { replicatedMap } from 'epaxos'`, INDEXED_DB, WEB_SOCKET].join('\n')),
  ],
  [
    'room, IndexedDB, WebSocket, React hooks',
    ours([ROOM, INDEXED_DB, WEB_SOCKET, `export * from 'epaxos/react'`].join('\n')),
  ],
])

/** Other libraries at the versions that were the newest when this was written, and what a page takes of them for the same purpose. */
export const others: {
  readonly packages: Readonly<Record<string, string>>
  /** By name; `root` is where the packages are. */
  readonly sets: (root: string) => ReadonlyMap<string, Program>
} = {
  packages: {
    yjs: '13.6.33',
    'y-indexeddb': '9.0.12',
    'y-websocket': '3.1.0',
    '@automerge/automerge': '3.5.0',
    '@automerge/automerge-repo': '2.5.6',
    '@automerge/automerge-repo-storage-indexeddb': '2.5.6',
    '@automerge/automerge-repo-network-websocket': '2.5.6',
  },
  sets: (root) =>
    new Map([
      ['Yjs alone', { root, source: `export * from 'yjs'` }],
      [
        'Yjs, y-indexeddb, y-websocket',
        {
          root,
          source: `export { Doc } from 'yjs'
            export { IndexeddbPersistence } from 'y-indexeddb'
            export { WebsocketProvider } from 'y-websocket'`,
        },
      ],
      ['Automerge alone', { root, source: `${AUTOMERGE}\nexport * from '@automerge/automerge/slim'` }],
      [
        'automerge-repo, IndexedDB, WebSocket',
        {
          root,
          source: `${AUTOMERGE}
            export { Repo } from '@automerge/automerge-repo/slim'
            export { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb'
            export { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket'`,
        },
      ],
    ]),
}

/** Its smallest form: what is in WebAssembly stays in a file of its own, not in text. */
const AUTOMERGE = `
  import wasm from '@automerge/automerge/automerge.wasm?url'
  import { initializeWasm } from '@automerge/automerge/slim'
  export const ready = initializeWasm(wasm)`
