import type * as fileSystem from 'node:fs'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { holdName } from './lock-file.js'
import { type OtherProcess, Program } from './processes/stage.js'
import type * as wholeFile from './whole-file.js'

/** The next claim is made only after it. */
let gate: Promise<void> | undefined

vi.mock('./whole-file.js', async (original) => {
  const actual = await original<typeof wholeFile>()
  const createWhole: typeof actual.createWhole = async (...file) => {
    const waiting = gate
    gate = undefined
    await waiting
    return actual.createWhole(...file)
  }
  return { ...actual, createWhole }
})

/** What a write to the disk fails with. */
let diskFault: Error | undefined

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof fileSystem>()
  const appendFileSync: typeof actual.appendFileSync = (...file) => {
    if (diskFault !== undefined) throw diskFault
    actual.appendFileSync(...file)
  }
  return { ...actual, appendFileSync }
})

let folder: string
let program: Program

beforeAll(() => {
  program = new Program()
})

afterAll(() => program.remove())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epaxos-locks-'))
})

afterEach(async () => {
  diskFault = undefined
  await program.killAll()
  rmSync(folder, { recursive: true, force: true })
})

const now = { ifAvailable: true } as const

/** The one claim that is left of a lock that was taken. */
const claim = (): string => {
  const lock = join(folder, 'name.lock')
  return join(lock, readdirSync(lock).sort().at(-1) ?? '')
}

/** Changes what the last claim says of its holder. */
const pretend = (changes: object): void => {
  const path = claim()
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...changes }))
}

describe('in one process', () => {
  test('a name that is held is not to be had, another one is', async () => {
    const release = await holdName(folder, 'name', now)
    expect(release).toBeDefined()
    expect(await holdName(folder, 'name', now)).toBeUndefined()
    expect(await holdName(folder, 'other/name', now)).toBeDefined()
  })

  test('a name that is freed can be had in the same turn, and freeing it again takes it from nobody', async () => {
    const first = await holdName(folder, 'name', now)
    first?.()
    expect(await holdName(folder, 'name', now)).toBeDefined()
    first?.()
    expect(await holdName(folder, 'name', now)).toBeUndefined()
  })

  test('of many that ask at once one gets it, and one who waits is next', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => holdName(folder, 'name', now)))
    const got = asked.filter((release) => release !== undefined)
    expect(got).toHaveLength(1)
    const waiting = holdName(folder, 'name', { signal: new AbortController().signal })
    got[0]?.()
    expect(await waiting).toBeDefined()
  })

  test('a name that the disk does not let go is kept until the process ends, and nothing fails', async () => {
    const release = await holdName(folder, 'name', now)
    diskFault = new Error('EROFS: read-only file system')
    release?.()
    diskFault = undefined
    expect(await holdName(folder, 'name', now)).toBeUndefined()
    release?.()
    expect(await holdName(folder, 'name', now)).toBeDefined()
  })

  test('who gives up waiting gets nothing', async () => {
    const giveUp = new AbortController()
    await holdName(folder, 'name', now)
    const waiting = holdName(folder, 'name', giveUp)
    giveUp.abort()
    expect(await waiting).toBeUndefined()
    expect(await holdName(folder, 'name', giveUp)).toBeUndefined()
  })

  test('who found it free and is slow to take it gets nothing, when it has gone through other hands meanwhile', async () => {
    ;(await holdName(folder, 'name', now))?.()
    let open = (): void => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const slow = holdName(folder, 'name', now)
    await vi.waitUntil(() => gate === undefined)
    for (let i = 0; i < 2; i++) (await holdName(folder, 'name', now))?.()
    expect(await holdName(folder, 'name', now)).toBeDefined()
    open()
    expect(await slow).toBeUndefined()
    expect(readdirSync(join(folder, 'name.lock'))).toEqual(['5'])
  })

  test('however often a name is taken, two files at most are left of it', async () => {
    for (let i = 0; i < 20; i++) (await holdName(folder, 'name', now))?.()
    expect(readdirSync(join(folder, 'name.lock'))).toEqual(['21'])
  })
})

describe('what is left of a process that is gone', () => {
  test.each([
    ['whose pid nobody has', { pid: 2 ** 22 + 1 }],
    ['whose pid another process has by now', { started: '1' }],
    ['that ran before the machine was started', { boot: 'another' }],
  ])('a claim of one %s is taken over', async (_, holder) => {
    await holdName(folder, 'name', now)
    pretend(holder)
    expect(await holdName(folder, 'name', now)).toBeDefined()
    expect(await holdName(folder, 'name', now)).toBeUndefined()
  })

  test('a claim that a crash of the machine has emptied is taken over', async () => {
    await holdName(folder, 'name', now)
    writeFileSync(claim(), '')
    expect(await holdName(folder, 'name', now)).toBeDefined()
  })

  test('a claim of another machine or container is never taken over: it says which, and what to do', async () => {
    await holdName(folder, 'name', now)
    pretend({ host: 'replica-7' })
    const refused = holdName(folder, 'name', now)
    await expect(refused).rejects.toMatchObject({ name: 'StorageError', code: 'shared' })
    await expect(refused).rejects.toThrow(/"replica-7".*delete that folder/)
  })
})

describe('among processes', () => {
  test('a name that another process holds is free as soon as that is killed', async () => {
    const other = program.start('hold', folder, 'name')
    expect(await other.line()).toBe('held')
    expect(await holdName(folder, 'name', now)).toBeUndefined()
    await other.kill()
    expect(await holdName(folder, 'name', now)).toBeDefined()
    expect(await program.start('hold', folder, 'name').line()).toBe('taken')
  })

  test('of many processes, killed at any moment, one at a time has it', async () => {
    const contender = (): OtherProcess => program.start('contend', folder, join(folder, 'inside'))
    const running = Array.from({ length: 5 }, contender)
    await Promise.all(running.map((each) => each.line()))
    for (let kill = 0; kill < 20; kill++) {
      const victim = running[kill % running.length] as OtherProcess
      // What it does when it dies is up to chance: it wants the lock fifty times a second.
      await victim.line()
      await victim.kill()
      expect(victim.complaint).toBe('')
      running[kill % running.length] = contender()
      // Those that are left go on.
      await (running[(kill + 1) % running.length] as OtherProcess).line()
    }
    await Promise.all(running.map((each) => each.line()))
    expect(running.map(({ complaint }) => complaint)).toEqual(running.map(() => ''))
  })
})
