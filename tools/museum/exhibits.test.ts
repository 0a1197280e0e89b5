import type { Replica } from 'epaxos/core'
import { LabSession, type LabWorld } from 'epaxos/sim'
import type { ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MOST_BEHIND } from '../../demo/museum/exhibit.js'
import { exhibits } from '../../demo/museum/exhibits.js'
import { convictedMs, inTheLab, runBoth, tellingMs, verdictAt } from '../../demo/museum/runs.js'
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

describe('a conviction', () => {
  const foundAt = (atMs: number): LabWorld =>
    ({ findings: [{ atMs }], chronicle: { lag: () => 0 } }) as unknown as LabWorld

  it('is no later than 5 ms after what was found, and never after the end of the run', () => {
    expect([0, 5, 7, 10].map((atMs) => convictedMs(foundAt(atMs), 1000))).toEqual([0, 5, 10, 10])
    expect(convictedMs(foundAt(12), 12)).toBe(12)
    expect(convictedMs(foundAt(13), 12)).toBeUndefined()
  })

  it('needs more commands behind than an exhibit may have', () => {
    const behindBy = (lag: number) => ({ findings: [], chronicle: { lag: () => lag } }) as unknown as LabWorld
    expect([MOST_BEHIND, MOST_BEHIND + 1].map((lag) => verdictAt(behindBy(lag), 0).guilty)).toEqual([false, true])
  })

  it('is told at what the exhibit is about, else at the end of the run', () => {
    const [exhibit] = exhibits
    if (exhibit === undefined) throw new Error('no exhibit')
    const findings = [
      { atMs: 7, check: 'agreement' },
      { atMs: 13, check: 'visibility' },
    ]
    const world = { findings, chronicle: { lag: () => 0 } } as unknown as LabWorld
    const tellingBy = (by: typeof exhibit.by) => tellingMs(world, { ...exhibit, by, untilMs: 1000 })
    expect([tellingBy('visibility'), tellingBy('lag'), tellingBy('linearizable')]).toEqual([13, 10, 1000])
  })
})
