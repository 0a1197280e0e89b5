import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Inputs worth keeping: each that has ever shown a fault, and some that look like it. As text, so that they can be read. */

const folderOf = (target: string): URL => new URL(`./corpus/${target}/`, import.meta.url)

/** A file of hex digits, in lines; what comes behind a `#` says what it is about. */
const LINE_DIGITS = 96

export interface Kept {
  /** Of its file. */
  readonly name: string
  readonly input: Uint8Array
}

export const keptOf = (target: string): readonly Kept[] => {
  let names: readonly string[]
  try {
    names = readdirSync(folderOf(target))
  } catch {
    return []
  }
  return names
    .filter((name) => name.endsWith('.hex'))
    .sort()
    .map((name) => ({ name, input: parsed(readFileSync(new URL(name, folderOf(target)), 'utf8')) }))
}

const parsed = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replace(/#.*$/gm, '').replace(/\s/g, ''), 'hex'))

/** @returns the file's path */
export const keep = (target: string, input: Uint8Array, about: string): string => {
  mkdirSync(folderOf(target), { recursive: true })
  const name = `${createHash('sha256').update(input).digest('hex').slice(0, 12)}.hex`
  const digits = Buffer.from(input).toString('hex')
  const lines = digits.match(new RegExp(`.{1,${LINE_DIGITS}}`, 'g')) ?? []
  const path = fileURLToPath(new URL(name, folderOf(target)))
  writeFileSync(path, [`# ${about.replaceAll('\n', ' ')}`, ...lines, ''].join('\n'))
  return path
}
