import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the operating system says about a file that is not there, or is there already. */
export const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** In the same folder, so that it can be renamed; a name that nobody else uses. */
const besides = (path: string): string => `${path}.${randomBytes(8).toString('hex')}.part`

/** What was made in a folder is found there again after a loss of power only if the folder was written, too. */
export const syncFolder = async (path: string): Promise<void> => {
  // Elsewhere a folder can't be opened as a file, and its entries are durable without that.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const writePart = async (path: string, content: Uint8Array | string): Promise<string> => {
  const part = besides(path)
  const file = await open(part, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  return part
}

/** Undefined where there is none. */
export const readWhole = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Makes a file that is there with all of its content, or not at all. False: there is one already, or no such folder. */
export const createWhole = async (path: string, content: Uint8Array | string): Promise<boolean> => {
  let part: string | undefined
  try {
    part = await writePart(path, content)
    // Unlike a renaming it never replaces what is there.
    await link(part, path)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST', 'ENOENT')) return false
    throw error
  } finally {
    if (part !== undefined) await rm(part, { force: true })
  }
}

/** Replaces a file: whoever reads it finds the one content or the other. Durable when it resolves. */
export const replaceWhole = async (path: string, content: Uint8Array | string): Promise<void> => {
  const part = await writePart(path, content)
  await rename(part, path)
  await syncFolder(dirname(path))
}
