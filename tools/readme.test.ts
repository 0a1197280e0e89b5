import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './entries.js'

interface Block {
  /** What follows the opening fence: `ts run`. */
  readonly label: string
  readonly text: string
  readonly line: number
}

const blocksOf = (markdown: string): readonly Block[] =>
  [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    label: match[1] ?? '',
    text: match[2] ?? '',
    line: markdown.slice(0, match.index).split('\n').length,
  }))

/** Long enough for a loaded machine; shorter than the test's own limit, so that the message says which program hung. */
const PROGRAM_TIMEOUT_MS = 20_000

describe('the README', async () => {
  const blocks = blocksOf(await readFile(`${root}README.md`, 'utf8'))
  const programs = blocks.filter(({ label }) => label === 'ts run')
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'epaxos-readme-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('shows at least one program that runs', () => {
    expect(programs).not.toEqual([])
  })

  it.each(programs)('prints under the program in line $line what it prints when run', async (program) => {
    const printed = blocks[blocks.indexOf(program) + 1]
    expect(printed?.label, 'the block after a runnable one holds its output').toBe('text')
    const file = join(folder, `line-${program.line}.ts`)
    await writeFile(file, program.text)
    const { stdout } = await promisify(execFile)(process.execPath, [`${root}tools/run.mjs`, file], {
      timeout: PROGRAM_TIMEOUT_MS,
    })
    expect(stdout).toBe(printed?.text)
  })
})
