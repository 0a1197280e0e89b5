import { expect, it } from 'vitest'
import { impurities } from './purity.js'

it.each([
  ['export const now = () => Date.now()', 'Date'],
  ['export const at = new Date()', 'Date'],
  ['export const pick = () => Math.random()', 'Math.random'],
  ['setTimeout(() => {}, 1)', 'setTimeout'],
  ['export const later = await 1', 'await'],
  ['export type Later = Promise<void>', 'Promise'],
  ['export const later = async () => {}', 'an async function'],
  ['export class Replica { async step() {} }', 'an async function'],
  ["console.log('here')", 'console'],
  ['export const now = performance.now()', 'performance'],
  ['export const clock = { performance }', 'performance'],
  ['crypto.getRandomValues(new Uint8Array(1))', 'crypto'],
])('convicts %s', (line, what) => {
  expect(impurities('src/core/replica.ts', `\n${line}\n`, false)).toEqual([
    `src/core/replica.ts:2: ${what} in a pure room`,
  ])
})

it('lets properties have any name, and lets Math compute', () => {
  const source = `
    export interface Timers { readonly performance: number; process(): void }
    export class Rows { console = 1; crypto() { return this.console } }
    export const tuning = { Date: Math.max(1, 2), fetch: 3 }
    export const at = tuning.Date + tuning.fetch
  `
  expect(impurities('src/core/timers.ts', source, false)).toEqual([])
})

it.each([
  'export const pick = (fetch: () => number) => fetch()',
  'export const run = ({ process, list: [Date = 1, ...console] }: Shape) => process + Date + console.length',
  'export function first() { const performance = 1; return performance }',
  'export function crypto() { return crypto.name }',
  'export class Rows { constructor(readonly process: number) { this.x = process } }',
  'for (const fetch of fetches) fetch()',
  'try { run() } catch (process) { report(process) }',
  "import { fetch } from './fetch.js'; fetch()",
])('knows that a name declared here is not the global: %s', (line) => {
  expect(impurities('src/core/fetch.ts', line, false)).toEqual([])
})

it.each([
  'export const later = (fetch: () => number) => fetch()\nfetch()',
  'export function first() { const fetch = 1; return fetch }\nfetch()',
  'for (const fetch of fetches) fetch()\nfetch()',
  '\ndeclare const fetch: () => number',
])('convicts the global beside a declaration that does not reach it: %s', (lines) => {
  expect(impurities('src/core/fetch.ts', lines, false)).toEqual(['src/core/fetch.ts:2: fetch in a pure room'])
})

it('lets a room promise results, and still no time', () => {
  const source = 'export const later = async (): Promise<number> => await Date.now()'
  expect(impurities('src/state/map.ts', source, true)).toEqual(['src/state/map.ts:1: Date in a pure room'])
})
