import { randomBytes } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { HoldHow } from './contract.js'
import { StorageError } from './error.js'
import { createWhole, isCode, readWhole } from './whole-file.js'

/*
 * Node has no locks that the system frees when a process dies. So a lock is a folder of claims, files named 1, 2, 3 …, and
 * is held by whoever made the last of them, for as long as that process lives and has not added to it that it is free. Who
 * finds the last one, n, over makes n + 1, which only one can; then those before it go, in order. One that was slow may
 * make an n + 1 again that has gone long since: so it looks whether n is still there. If it is, nobody has gone further.
 */

/** Who waits for a name looks this often whether it is free. */
const POLL_MS = 20

/** What is added to a claim that was given up. */
const FREE = 'free'

/** Who holds a name: enough to tell whether that process still lives. */
interface Holder {
  readonly pid: number
  /** When that process began, by the system's own count: a pid is used again. Empty where it can't be told. */
  readonly started: string
  /** Of the system that it runs on, new with each boot. Empty where it can't be told. */
  readonly boot: string
  readonly host: string
}

interface Claim {
  /** Undefined: of nobody any more; or unreadable, as a machine leaves it that crashes when it is made. */
  readonly holder: Holder | undefined
  /** No other claim has the same content. */
  readonly content: string
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return ''
  }
}

/** Where the system tells: the state of the process (one letter), and when it began. Field 2, in parentheses, may hold anything. */
const processStat = (pid: number): { readonly state: string; readonly started: string } | undefined => {
  const stat = textOf(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, started] = [fields[0], fields[19]]
  return state === undefined || started === undefined ? undefined : { state, started }
}

const thisProcess = (): Holder => ({
  pid: process.pid,
  started: processStat(process.pid)?.started ?? '',
  boot: textOf('/proc/sys/kernel/random/boot_id'),
  host: hostname(),
})

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and somebody else's.
    return isCode(error, 'EPERM')
  }
}

/** @throws StorageError where that can't be told from here */
const lives = (holder: Holder, self: Holder, path: string): boolean => {
  if (holder.host !== self.host) {
    const problem = `is held by process ${holder.pid} of the machine, or container, ${JSON.stringify(holder.host)}`
    const here = `and this is ${JSON.stringify(self.host)}, which can't tell whether it still runs`
    throw new StorageError('shared', `${path} ${problem}, ${here}: if it does not, delete that folder`)
  }
  if (holder.boot !== self.boot) return false
  if (!isThere(holder.pid)) return false
  const stat = processStat(holder.pid)
  // Where there is no way to know when a process began, one that has its pid is taken for it.
  if (stat === undefined) return true
  const isDead = stat.state === 'Z' || stat.state === 'X'
  return !isDead && (holder.started === '' || holder.started === stat.started)
}

const isHolder = (value: unknown): value is Holder => {
  if (typeof value !== 'object' || value === null) return false
  const { pid, started, boot, host } = value as Partial<Record<keyof Holder, unknown>>
  const isPid = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0
  return isPid && typeof started === 'string' && typeof boot === 'string' && typeof host === 'string'
}

const parsed = (content: string): Claim => {
  const [claim = '', added] = content.split('\n')
  try {
    const holder: unknown = JSON.parse(claim)
    return { holder: added !== FREE && isHolder(holder) ? holder : undefined, content: claim }
  } catch {
    return { holder: undefined, content: claim }
  }
}

/** A name in a folder of locks. */
class LockFile {
  readonly #path: string
  readonly #self: Holder = thisProcess()

  constructor(path: string) {
    this.#path = path
  }

  /** Undefined: somebody else holds it now. */
  async take(): Promise<(() => void) | undefined> {
    for (;;) {
      const last = (await this.#numbers()).at(-1)
      if (last === undefined) {
        await this.#begin()
        continue
      }
      const claim = await this.#read(last)
      if (claim === undefined) continue
      if (claim.holder !== undefined && lives(claim.holder, this.#self, this.#path)) return undefined
      const release = await this.#follow(last, claim)
      if (release !== undefined) return release
    }
  }

  /** With a first claim, which is free: made whole, so that there is only ever one. */
  async #begin(): Promise<void> {
    const made = `${this.#path}.${randomBytes(8).toString('hex')}.part`
    await mkdir(made, { recursive: true, mode: 0o700 })
    await createWhole(join(made, '1'), `${JSON.stringify({ nonce: randomBytes(16).toString('hex') })}\n${FREE}`)
    try {
      await rename(made, this.#path)
    } catch (error) {
      await rm(made, { recursive: true, force: true })
      if (!isCode(error, 'EEXIST', 'ENOTEMPTY', 'EPERM')) throw error
      if ((await this.#numbers()).length > 0) return
      throw new StorageError('failed', `${this.#path} is there, and is no lock: delete it`, { cause: error })
    }
  }

  /** Undefined: another one has. */
  async #follow(last: number, before: Claim): Promise<(() => void) | undefined> {
    const path = join(this.#path, String(last + 1))
    const content = JSON.stringify({ ...this.#self, nonce: randomBytes(16).toString('hex') })
    if (!(await createWhole(path, content))) return undefined
    if ((await this.#read(last))?.content !== before.content) {
      await rm(path, { force: true })
      return undefined
    }
    for (const number of await this.#numbers()) {
      if (number <= last) await rm(join(this.#path, String(number)), { force: true })
    }
    // Where people have cleared the folder away, the claim may be another's by now, or free.
    return () => {
      if (textOf(path) !== content) return
      try {
        appendFileSync(path, `\n${FREE}`)
      } catch {
        // The disk takes nothing more, or only lets itself be read: it is free when this process ends.
      }
    }
  }

  async #read(number: number): Promise<Claim | undefined> {
    const content = await readWhole(join(this.#path, String(number)))
    return content && parsed(content.toString())
  }

  /** Ascending. */
  async #numbers(): Promise<readonly number[]> {
    try {
      const names = (await readdir(this.#path)).filter((name) => /^[1-9]\d{0,14}$/.test(name))
      return names.map(Number).sort((a, b) => a - b)
    } catch (error) {
      if (isCode(error, 'ENOENT')) return []
      throw error
    }
  }
}

/**
 * Resolves with what frees the name again; undefined: it was not to be had. When the process ends, however it ends, the name
 * is free. Rejects with a `StorageError` where the name is held on another machine, or in another container.
 * @param folder on a file system with hard links; of all who are to exclude each other
 */
export const holdName = async (folder: string, name: string, how: HoldHow): Promise<(() => void) | undefined> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = new LockFile(join(folder, `${encodeURIComponent(name)}.lock`))
  if ('ifAvailable' in how) return file.take()
  const { signal } = how
  while (!signal.aborted) {
    const release = await file.take()
    if (release !== undefined) return release
    await pause(POLL_MS, undefined, { signal }).catch(() => {})
  }
  return undefined
}
