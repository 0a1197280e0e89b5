import { afterAll, beforeAll, expect, it } from 'vitest'
import { commands, entries } from './entries.js'

/** What pages have and servers lack, or what must not be started by an import. */
const GLOBALS = [
  'BroadcastChannel',
  'RTCPeerConnection',
  'WebSocket',
  'Worker',
  'crypto',
  'document',
  'indexedDB',
  'localStorage',
  'navigator',
  'window',
]

const touched: string[] = []
const before = GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)

beforeAll(() => {
  for (const name of GLOBALS) {
    const get = (): undefined => {
      touched.push(name)
    }
    Object.defineProperty(globalThis, name, { configurable: true, get })
  }
})

afterAll(() => {
  for (const [name, descriptor] of before) {
    if (descriptor === undefined) Reflect.deleteProperty(globalThis, name)
    else Object.defineProperty(globalThis, name, descriptor)
  }
})

it.each(entries)('importing $specifier touches no global', async ({ specifier }) => {
  touched.length = 0
  await import(specifier)
  expect(touched).toEqual([])
})

it('finds the modules of the exports and the command from package.json', () => {
  expect(entries).toContainEqual({ specifier: 'epaxos', module: 'index' })
  expect(entries).toContainEqual({ specifier: 'epaxos/storage/indexeddb', module: 'storage/indexeddb' })
  expect(commands).toEqual(['cli/index'])
})
