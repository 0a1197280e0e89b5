import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compile as compileSvelte } from 'svelte/compiler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileScript, compileTemplate, parse as parseVue } from 'vue/compiler-sfc'
import { root } from '../entries.js'
import { claimsOf, pages, programOf } from './blocks.js'
import { folderOf, PROGRAM, toldOfPages, writeAll } from './tried.js'

const run = promisify(execFile)

/** A program that reconnects takes seconds, and a loaded machine several times as long. */
const PROGRAM_TIMEOUT_MS = 50_000
/** Longer, so that the message says which program hung. */
const PROGRAM_TEST_TIMEOUT_MS = 60_000

let folder = ''
beforeAll(async () => {
  folder = await writeAll()
})
afterAll(() => rm(folder, { recursive: true }))

it('every block in TypeScript compiles', async () => {
  const said = await run(join(root, 'node_modules/.bin/tsc'), ['--pretty', 'false', '-p', folder], { cwd: root }).then(
    () => '',
    ({ stdout }: { stdout: string }) => toldOfPages(stdout),
  )
  expect(said).toBe('')
})

const blocks = pages.flatMap((page) => page.blocks.map((block) => ({ ...block, at: `${page.path}:${block.line}` })))

describe('components', () => {
  it.each(blocks.filter(({ language }) => language === 'svelte'))('$at is one that Svelte compiles', ({ text }) => {
    expect(compileSvelte(text, { generate: 'client' }).warnings).toEqual([])
  })

  it.each(blocks.filter(({ language }) => language === 'vue'))('$at is one that Vue compiles', ({ at, text }) => {
    const { descriptor, errors } = parseVue(text, { filename: at })
    expect(errors).toEqual([])
    const { bindings } = compileScript(descriptor, { id: at })
    const template = compileTemplate({
      id: at,
      filename: at,
      source: descriptor.template?.content ?? '',
      compilerOptions: bindings === undefined ? {} : { bindingMetadata: bindings },
    })
    expect([...template.errors, ...template.tips]).toEqual([])
  })
})

describe('programs', () => {
  const programs = pages.flatMap((page) => {
    const program = programOf(page)
    return program === undefined ? [] : [{ path: page.path, page, program }]
  })

  it('there are some in the README and in the guide', () => {
    expect(programs.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/guide.md']))
  })

  it.each(programs)(
    'the one of $path prints what its comments say',
    async ({ page, program }) => {
      const file = join(folder, folderOf(page), PROGRAM)
      const { stdout, stderr } = await run(process.execPath, [`${root}tools/run.mjs`, file], {
        timeout: PROGRAM_TIMEOUT_MS,
      })
      expect(stderr).toBe('')
      expect(stdout.trimEnd().split('\n')).toEqual(claimsOf(program))
    },
    PROGRAM_TEST_TIMEOUT_MS,
  )
})
