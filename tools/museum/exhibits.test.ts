import type { Replica } from 'epaxos/core'
import { LabSession } from 'epaxos/sim'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MOST_BEHIND } from '../../demo/museum/exhibit.js'
import { exhibits } from '../../demo/museum/exhibits.js'
import { convictedMs, inTheLab, runBoth, verdictAt } from '../../demo/museum/runs.js'
import { plain } from '../../demo/run/prose.js'
import { museumServer } from './server.js'

let server: ViteDevServer

beforeAll(async () => {
  server = await museumServer()
})

afterAll(() => server.close())

const faulty = async (mutant: string): Promise<typeof Replica> =>
  (await server.ssrLoadModule(`museum:${mutant}`)).Replica

describe.each(exhibits)('$id, $title', (exhibit) => {
  it('is broken with the rule off, and says by what', async () => {
    const { off } = runBoth(exhibit, await faulty(exhibit.mutant))
    const atMs = convictedMs(off, exhibit.untilMs)
    expect(atMs).toBeDefined()
    const { findings, behind } = verdictAt(off, exhibit.untilMs)
    if (exhibit.by === 'lag') {
      expect(findings).toEqual([])
      expect(verdictAt(off, atMs ?? 0).behind).toBeGreaterThan(MOST_BEHIND)
    } else {
      expect(findings.map(({ check }) => check)).toContain(exhibit.by)
      expect(behind).toBeLessThanOrEqual(MOST_BEHIND)
    }
  })

  it('is sound with the rule on', async () => {
    const { on } = runBoth(exhibit, await faulty(exhibit.mutant))
    expect(convictedMs(on, exhibit.untilMs)).toBeUndefined()
    expect(on.linearizable()).toBe('yes')
    expect(on.chronicle.happenings.filter(({ kind }) => kind === 'stopped')).toEqual([])
  })

  it('can be taken to the Lab as it is', () => {
    const { current } = LabSession.parse(inTheLab(exhibit))
    expect(current.script.steps.length).toBeGreaterThan(0)
  })
})

describe('the exhibits', () => {
  it('load the core that they name', async () => {
    const loaded: typeof exhibits = (await server.ssrLoadModule('/demo/museum/exhibits.ts')).exhibits
    for (const { mutant, core } of loaded) expect((await core()).Replica).toBe(await faulty(mutant))
  })

  it('use no word as explained that is not in the glossary', () => {
    for (const { story, rule, look } of exhibits) expect(plain(`${story} ${rule} ${look}`)).not.toMatch(/[{}]/)
  })

  it('are told apart by their addresses', () => {
    expect(new Set(exhibits.map(({ id }) => id)).size).toBe(exhibits.length)
  })
})
