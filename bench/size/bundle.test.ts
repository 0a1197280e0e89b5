import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { loadedOf, type OutputFile } from './bundle.js'

const file = (fileName: string, needs: readonly string[] = [], begins: boolean = false): OutputFile => ({
  fileName,
  content: fileName,
  begins,
  needs,
})

const sizeOf = (...names: readonly string[]): number =>
  names.reduce((bytes, name) => bytes + gzipSync(name, { level: 9 }).length, 0)

test('what the first file needs, and what that needs, is loaded first, each once', () => {
  const files = [
    file('room', ['core', 'codec'], true),
    file('core', ['codec']),
    file('codec', ['core']),
    file('channels', ['codec']),
  ]
  expect(loadedOf(files)).toEqual({ first: sizeOf('room', 'core', 'codec'), later: sizeOf('channels') })
})

test('what is no file of the program, as a package of somebody else, counts for nothing', () => {
  expect(loadedOf([file('room', ['react'], true)])).toEqual({ first: sizeOf('room'), later: 0 })
})
