import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { root } from '../entries.js'
import { type Block, fileOf, type Page, pageNamed, pages, programOf } from './blocks.js'
import { given } from './given.js'

/** What a reader's own project would say, but that here `epaxos` means the sources. */
const tsconfig = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    rootDir: '../..',
    types: ['node', 'vite/client', 'svelte'],
    jsx: 'react-jsx',
    moduleDetection: 'force',
    allowImportingTsExtensions: true,
    // What a page declares, its reader goes on with.
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
  },
  // Beside the pages, what the sources that they import don't import themselves.
  include: ['.', '../../src/**/*.d.ts'],
  exclude: [],
}

/** The languages whose blocks a compiler looks at, and the ending that it knows them by. */
const CHECKED: ReadonlySet<string> = new Set(['ts', 'tsx'])
const COMPONENTS: ReadonlySet<string> = new Set(['svelte', 'vue'])

/** A page's own folder below the one where all is tried. */
export const folderOf = ({ path }: Page): string => basename(path, '.md')

export const PROGRAM = 'program.ts'

/** Blank lines, so that what a compiler says of a line means that of the page. */
const inPlace = (line: number, text: string): string => '\n'.repeat(line - 1) + text

/** The script of a component: what it declares for its template is as good as exported. */
const scriptOf = ({ line, text }: Block): string => {
  const [before = '', script = ''] = text.split(/(?<=<script[^>]*>)|<\/script>/)
  return inPlace(line + before.split('\n').length - 1, script)
}

const sourceOf = (block: Block): readonly [file: string, text: string] | undefined => {
  const { language, file, line, run, text } = block
  if (run) return undefined
  if (COMPONENTS.has(language)) return [`${file ?? `line-${line}`}.ts`, scriptOf(block)]
  if (CHECKED.has(language)) return [file ?? `line-${line}.${language}`, inPlace(line, text)]
  return undefined
}

/** Writes all that the pages tell people to write into a new folder in the checkout, where its packages are found. */
export const writeAll = async (): Promise<string> => {
  const folder = await mkdtemp(`${root}docs/tried-`)
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await write('tsconfig.json', JSON.stringify(tsconfig))
  await write('given.d.ts', given)
  const theirs = fileOf(pageNamed('docs/guide.md'), 'seats.ts')
  for (const page of pages) {
    // The guide's seat map is at hand in all pages.
    await write(join(folderOf(page), 'seats.ts'), theirs)
    for (const source of page.blocks.map(sourceOf)) {
      if (source !== undefined) await write(join(folderOf(page), source[0]), source[1])
    }
    const program = programOf(page)
    if (program !== undefined) await write(join(folderOf(page), PROGRAM), program)
  }
  return folder
}

/** What a compiler said, with the page in place of the file that was made of it. */
export const toldOfPages = (said: string): string =>
  pages.reduce(
    (text, page) => text.replaceAll(new RegExp(`\\S*/tried-\\w+/${folderOf(page)}/[\\w.-]+`, 'g'), page.path),
    said,
  )
