import { describe, expect, it } from 'vitest'
import { importBreaches } from './import-rule.js'

const judged = (path: string, ...lines: readonly string[]): readonly string[] => importBreaches(path, lines.join('\n'))

describe('a room of src/', () => {
  it('may import its own modules and the doors of the rooms its row names', () => {
    const source = ["import { a } from './contract.js'", "import { b } from '../core/index.js'", "import 'idb-keyval'"]
    expect(judged('src/storage/indexeddb.ts', ...source)).toEqual([])
  })

  it('may not reach past the door of a room, not even for a type', () => {
    expect(judged('src/storage/memory.ts', '', "import type { Ballot } from '../core/ballot.js'")).toEqual([
      'src/storage/memory.ts:2: src/core/ballot.ts is behind the door of its room: import src/core/index.ts',
    ])
  })

  it.each([
    "import { encode } from '../wire/index.js'",
    "import type { Bytes } from '../wire/index.js'",
    "import { type Bytes } from '../wire/index.js'",
    "import '../wire/index.js'",
    "export { encode } from '../wire/index.js'",
    "export * from '../wire/index.js'",
    "export type { Bytes } from '../wire/index.js'",
    "export const load = () => import('../wire/index.js')",
    "export let bytes: import('../wire/index.js').Bytes",
  ])('may not import a room its row does not name: %s', (line) => {
    expect(judged('src/core/message.ts', line)).toEqual([
      'src/core/message.ts:1: core may not import wire (../wire/index.js)',
    ])
  })

  it('may import only the packages of its row, and Node only where the row says so', () => {
    expect(judged('src/core/message.ts', "import { get } from 'idb-keyval'")).toHaveLength(1)
    expect(judged('src/core/message.ts', "import { hash } from 'node:crypto'")).toHaveLength(1)
    expect(judged('src/core/message.ts', "import type { Ballot } from 'epaxos/core'")).toHaveLength(1)
    expect(judged('src/storage/cells.ts', "import { get } from 'idb-keyval'")).toEqual([])
    expect(judged('src/storage/cells.ts', "import { get } from 'idb-keyval-other'")).toHaveLength(1)
    expect(judged('src/relay/node.ts', "import { createServer } from 'node:http'")).toEqual([])
  })

  it('leaves adapters to the root, the command and tests', () => {
    const line = "import { indexedDb } from '../storage/indexeddb.js'"
    expect(judged('src/room/open.ts', line)).toHaveLength(1)
    expect(judged('src/room/open.test.ts', line)).toEqual([])
    expect(judged('src/index.ts', "export { indexedDb } from './storage/indexeddb.js'")).toEqual([])
    expect(judged('src/index.ts', "export { openDatabase } from './storage/database.js'")).toHaveLength(1)
  })

  it('may import the simulator in its tests only', () => {
    const line = "import { simulate } from '../sim/index.js'"
    expect(judged('src/core/replica.test.ts', line)).toEqual([])
    expect(judged('src/core/replica.ts', line)).toHaveLength(1)
  })

  it('may import test packages in its tests and their equipment only', () => {
    expect(judged('src/wire/hostile.ts', "import fc from 'fast-check'")).toEqual([])
    expect(judged('src/wire/packet.ts', "import fc from 'fast-check'")).toHaveLength(1)
  })

  it('may have a row for a single module', () => {
    expect(judged('src/sim/cli.ts', "import { parseArgs } from 'node:util'", "import './index.js'")).toEqual([])
    expect(judged('src/sim/simulate.ts', "import { parseArgs } from 'node:util'")).toHaveLength(1)
  })

  it('may not leave src/, be unknown to the table, or import what is computed', () => {
    expect(judged('src/core/message.ts', "import { root } from '../entries.js'")).toHaveLength(1)
    expect(judged('src/attic/old.ts')).toHaveLength(1)
    expect(judged('src/room/open.ts', 'export const load = (name: string) => import(name)')).toHaveLength(1)
  })
})

describe('demo, examples and e2e', () => {
  it("may import the package's exports by name, other packages and their own modules", () => {
    const source = ["import 'epaxos'", "import 'epaxos/core'", "import 'vite'", "import './seats.js'"]
    expect(judged('demo/room/main.ts', ...source)).toEqual([])
  })

  it('may not import sources, or what the package does not export', () => {
    expect(judged('demo/main.ts', "import { Replica } from '../src/core/index.js'")).toHaveLength(1)
    expect(judged('examples/seats.ts', "import type { Bytes } from 'epaxos/wire'")).toHaveLength(1)
    expect(judged('e2e/room.spec.ts', "import '../demo/seats.js'")).toHaveLength(1)
  })

  it('may load modules by URL in end-to-end tests only', () => {
    const source = ["import('/src/wire/index.ts')", 'const load = (url: string) => import(url)']
    expect(judged('e2e/wire.spec.ts', ...source)).toEqual([])
    expect(judged('demo/main.ts', ...source)).toHaveLength(2)
  })
})

describe('the tools', () => {
  it('may open doors, and not reach past them', () => {
    expect(judged('tools/relay-plugin.ts', "import { attachRelay } from '../src/relay/node.js'")).toEqual([])
    expect(judged('vite.config.ts', "import { limits } from './src/relay/limits.js'")).toHaveLength(1)
  })
})
