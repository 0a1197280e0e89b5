import { readdir, readFile } from 'node:fs/promises'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../entries.js'
import { museumServer } from './server.js'

let server: ViteDevServer

beforeAll(async () => {
  server = await museumServer()
})

afterAll(() => server.close())

describe('a copy of core with a fault', () => {
  it('differs from core in what the mutant says, and in nothing else', async () => {
    const [core, faulty] = await Promise.all([
      server.ssrLoadModule('epaxos/core'),
      server.ssrLoadModule('museum:half-is-a-majority'),
    ])
    expect(core.quorumsOf(4)).toEqual({ n: 4, f: 1, e: 1, slow: 3, fast: 3 })
    expect(faulty.quorumsOf(4)).toEqual({ n: 4, f: 2, e: 1, slow: 2, fast: 3 })
    expect(Object.keys(faulty)).toEqual(Object.keys(core))
  })

  it('has every other file as it is', async () => {
    const files = (await readdir(`${root}src/core`)).filter((file) => /(?<!\.test)\.ts$/.test(file))
    const changed: string[] = []
    for (const file of files) {
      const path = `${root}src/core/${file}`
      const loaded = await server.pluginContainer.load(`${path}?museum=half-is-a-majority`)
      const code = typeof loaded === 'object' ? loaded?.code : loaded
      if (code !== (await readFile(path, 'utf8'))) changed.push(file)
    }
    expect(changed).toEqual(['quorum.ts'])
  })

  it('is a core of its own, but for the errors that it throws', async () => {
    const [core, faulty] = await Promise.all([
      server.ssrLoadModule('epaxos/core'),
      server.ssrLoadModule('museum:half-is-a-majority'),
    ])
    expect(faulty.Replica).not.toBe(core.Replica)
    expect(faulty.NotAVoter).toBe(core.NotAVoter)
  })

  it.each(['museum:no-such-mutant', 'museum:votes-before-the-cut-is-written'])(
    'is refused where %s is no fault of core',
    async (name) => {
      await expect(server.ssrLoadModule(name)).rejects.toThrow(`${name} names no mutant of src/core`)
    },
  )
})
