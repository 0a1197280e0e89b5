import { statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../entries.js'
import { pageNamed, pages } from './blocks.js'

const withoutCode = (markdown: string): string => markdown.replaceAll(/^```.*\n[\s\S]*?^```$/gm, '')

/** As GitHub makes an anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (markdown: string): readonly string[] =>
  [...withoutCode(markdown).matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? ''))

const linksOf = (markdown: string): readonly string[] =>
  [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '')

const isFile = (path: string): boolean => statSync(root + path, { throwIfNoEntry: false })?.isFile() === true

/** What is wrong with a link from one page, if anything. Other people's pages are not looked at. */
const brokenLink = (from: string, link: string): string | undefined => {
  if (/^\w+:/.test(link)) return undefined
  const [target = '', anchor] = link.split('#')
  const path = target === '' ? from : normalize(join(dirname(from), target))
  // A folder is a page on some sites, and nothing in the API reference.
  if (!isFile(path)) return `${link}: there is no file ${path}`
  if (anchor === undefined || anchorsOf(pageNamed(path).text).includes(anchor)) return undefined
  return `${link}: ${path} has no such heading`
}

describe.each(pages)('$path', ({ path, text, blocks }) => {
  it('links to nothing that is not there', () => {
    expect(linksOf(text).flatMap((link) => brokenLink(path, link) ?? [])).toEqual([])
  })

  it('holds no code in a language that nothing here compiles', () => {
    const shown = ['ts', 'tsx', 'svelte', 'vue', 'sh', 'text', 'json', 'html', 'css']
    expect(blocks.filter(({ language }) => !shown.includes(language))).toEqual([])
  })
})

it('the README leads to every page of docs', () => {
  const led = linksOf(pageNamed('README.md').text)
  expect(pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !led.includes(path))).toEqual([])
})
