import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureProgram, findProgram, type Program, requireProgram } from './program.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'epaxos-program-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const put = (name: string, mode = 0o755): string => {
  const path = join(folder, name)
  writeFileSync(path, '#!/bin/sh\n')
  chmodSync(path, mode)
  return path
}

const program: Program = {
  name: 'Program',
  variable: 'EPAXOS_TEST_PROGRAM',
  commands: ['epaxos-first', 'epaxos-second'],
  packages: {},
  remedy: 'run this',
}

test('a program is found where its variable says, else on the path by the first of its names, else elsewhere', () => {
  const elsewhere = put('elsewhere')
  vi.stubEnv('PATH', folder)
  expect(findProgram(program)).toBeUndefined()
  expect(findProgram({ ...program, elsewhere: () => elsewhere })).toBe(elsewhere)
  const second = put('epaxos-second')
  expect(findProgram({ ...program, elsewhere: () => elsewhere })).toBe(second)
  expect(findProgram(program)).toBe(second)
  const first = put('epaxos-first')
  expect(findProgram(program)).toBe(first)
  vi.stubEnv('EPAXOS_TEST_PROGRAM', elsewhere)
  expect(findProgram(program)).toBe(elsewhere)
})

test('a variable that names nothing to run is said to', () => {
  vi.stubEnv('EPAXOS_TEST_PROGRAM', put('text', 0o644))
  // Root may read all files, and run only those that say so.
  expect(() => findProgram(program)).toThrow('EPAXOS_TEST_PROGRAM is')
})

test('one that is missing and can’t be installed is said to be, with what to do', () => {
  expect(() => requireProgram(program)).toThrow('no Program: run this, or set EPAXOS_TEST_PROGRAM')
  expect(() => ensureProgram(program)).toThrow('no Program: run this, or set EPAXOS_TEST_PROGRAM')
})

test('what is missing is got by its download', () => {
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  const path = join(folder, 'epaxos-first')
  ensureProgram({ ...program, download: `printf '#!/bin/sh' > ${path} && chmod +x ${path}` })
  expect(findProgram(program)).toBe(path)
})
