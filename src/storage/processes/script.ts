import { readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { lmdb } from '../lmdb.js'
import { holdName } from '../lock-file.js'
import { batchOf, firstLife } from '../samples/stage.js'

/** Test equipment: what another process does. It says so in lines, and is killed when that is enough. */

const say = (line: string | number): void => {
  process.stdout.write(`${line}\n`)
}

const forEver = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // One that was killed and that nobody has asked about yet has a number, and does nothing.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** Is inside, alone; whoever else is there by its own account must be dead. A link is there with what it says, or not at all. */
const beInside = (path: string): void => {
  const self = String(process.pid)
  try {
    symlinkSync(self, path)
  } catch {
    const other = Number(readlinkSync(path))
    if (isAlive(other)) throw new Error(`process ${other} and process ${process.pid} hold the lock`)
    rmSync(path)
    symlinkSync(self, path)
  }
  if (readlinkSync(path) !== self) throw new Error('somebody else has come in')
  rmSync(path)
}

/** Takes the lock again and again, together with others. */
const contend = async (folder: string, inside: string): Promise<never> => {
  for (;;) {
    const release = await holdName(folder, 'contended', { signal: new AbortController().signal })
    beInside(inside)
    say('in')
    release?.()
    // Those that wait look now and then only.
    await pause(Math.random() * 20)
  }
}

const hold = async (folder: string, name: string): Promise<void> => {
  const release = await holdName(folder, name, { ifAvailable: true })
  say(release === undefined ? 'taken' : 'held')
  if (release !== undefined) await forEver()
}

/** Writes batches, four at a time, and tells each once it is written. */
const write = async (path: string, room: string, replica: string): Promise<never> => {
  const storage = await lmdb({ path }).open(room, replica)
  const loaded = await storage.load()
  if (loaded.fresh) await storage.writeStart(firstLife)
  for (let last = loaded.fresh ? 0 : loaded.lastBatch; ; last += 4) {
    const numbers = [last + 1, last + 2, last + 3, last + 4]
    const payload = new Uint8Array(3000).fill(last)
    await Promise.all(numbers.map((number) => storage.write(batchOf(number, payload)).then(() => say(number))))
  }
}

// Nothing is left of it when the test is stopped.
process.stdin.on('end', () => process.exit()).resume()

const [command, ...rest] = process.argv.slice(2)
const [first = '', second = '', third = ''] = rest
if (command === 'contend') await contend(first, second)
else if (command === 'hold') await hold(first, second)
else if (command === 'write') await write(first, second, third)
else throw new Error(`nobody knows how to ${command}`)
