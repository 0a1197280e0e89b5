import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commands, root } from './entries.js'

interface Package {
  readonly files: readonly string[]
  readonly bin: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
  readonly devDependencies: Readonly<Record<string, string>>
}

const manifest: Package = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/** Without comments, each on one line. */
const instructions = readFileSync(`${root}Containerfile`, 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '')

const after = (word: string): readonly string[] =>
  instructions.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length).trim())

it('consists of instructions that container engines know', () => {
  const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) /
  expect(instructions.filter((line) => !known.test(line))).toEqual([])
})

it('copies nothing but what is in the published package, and nothing that is kept from the engine', () => {
  const copied = after('COPY')
    .filter((line) => !line.startsWith('--from'))
    .map((line) => line.split(' ')[0] ?? '')
  expect(copied.filter((path) => path !== 'package.json' && !manifest.files.includes(path))).toEqual([])
  const shown = readFileSync(`${root}.dockerignore`, 'utf8').split('\n')
  expect(copied.filter((path) => !shown.includes(`!${path}`))).toEqual([])
})

it('runs the command of the package, as somebody without rights', () => {
  const [entry, command] = [after('ENTRYPOINT'), after('CMD')].map(([last]) => JSON.parse(last ?? '[]') as string[])
  expect(entry?.[1]).toBe(manifest.bin.epaxos)
  expect(commands).toContain('cli/index')
  expect(command?.[0]).toBe('relay')
  expect(after('USER')).toEqual(['node'])
})

it('installs the optional packages in the versions that are tested, on a Node that is new enough', () => {
  const [install = ''] = after('RUN')
  for (const [, name = '', version] of install.matchAll(/ ([a-z]+)@(\S+)/g)) {
    expect(manifest.devDependencies[name]).toBe(version)
  }
  const [, least = ''] = /(\d+)\./.exec(manifest.engines.node) ?? []
  for (const image of after('FROM')) {
    expect(Number(/^node:(\d+)-slim/.exec(image)?.[1])).toBeGreaterThanOrEqual(Number(least))
  }
})

it('is healthy by the page that the relay answers', () => {
  const check = after('HEALTHCHECK')[0] ?? ''
  expect(check).toContain(`127.0.0.1:${after('EXPOSE')[0]}/healthz`)
  const command = JSON.parse(check.slice(check.indexOf('['))) as string[]
  expect(() => new Function(command[2] ?? '')).not.toThrow()
})
