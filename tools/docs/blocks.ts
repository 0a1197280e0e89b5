import { readdirSync, readFileSync } from 'node:fs'
import { root } from '../entries.js'

/** A fenced code block of a page. Its fence says what it is: ```` ```ts ````, ```` ```ts run ````, ```` ```ts seats.ts ````. */
export interface Block {
  /** Of its first line of code, from 1. */
  readonly line: number
  readonly language: string
  /** It is a part of the page's program, which is run. */
  readonly run: boolean
  /** The file that the page tells its reader to save it as; other blocks of the page may import it. */
  readonly file: string | undefined
  readonly text: string
}

export interface Page {
  /** Below the checkout: `docs/guide.md`. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
}

const blocksOf = (markdown: string): readonly Block[] =>
  [...markdown.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [language = '', ...words] = (match[1] ?? '').split(' ')
    return {
      line: markdown.slice(0, match.index).split('\n').length + 1,
      language,
      run: words.includes('run'),
      file: words.find((word) => word !== 'run'),
      text: match[2] ?? '',
    }
  })

const pageAt = (path: string): Page => {
  const text = readFileSync(root + path, 'utf8')
  return { path, text, blocks: blocksOf(text) }
}

const inDocs = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'))

/** All that is written for people who use the library. */
export const pages: readonly Page[] = [
  'README.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...inDocs.map((name) => `docs/${name}`),
].map(pageAt)

export const pageNamed = (path: string): Page => {
  const page = pages.find((other) => other.path === path)
  if (page === undefined) throw new Error(`there is no page ${path}`)
  return page
}

/** What the page tells its reader to save under that name. */
export const fileOf = ({ path, blocks }: Page, name: string): string => {
  const block = blocks.find(({ file }) => file === name)
  if (block === undefined) throw new Error(`${path} has no block ${name}`)
  return block.text
}

/**
 * The page's program: its `run` blocks, one after the other, each in the line where the page has it, so that what a
 * compiler or a stack says leads there.
 */
export const programOf = ({ blocks }: Page): string | undefined => {
  const parts = blocks.filter(({ run }) => run)
  if (parts.length === 0) return undefined
  return parts.reduce((program, { line, text }) => program + '\n'.repeat(line - program.split('\n').length) + text, '')
}

/** What the program says that it prints: what stands behind each `// → `, in order. */
export const claimsOf = (program: string): readonly string[] =>
  [...program.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1] ?? '')
