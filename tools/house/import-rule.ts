import { posix } from 'node:path'
import { entries } from '../entries.js'
import { type Import, importsOf } from './imports.js'
import { forTests, isTest, loaders, probes, type Room, rooms, users } from './table.js'

const modules = entries.map(({ module }) => `src/${module}.ts`)
const specifiers = entries.map(({ specifier }) => specifier)

/** The breaches of the import table by one module, as lines `path:line: what is wrong`. `path` is relative to the checkout. */
export const importBreaches = (path: string, source: string): readonly string[] => {
  const judge = judgeOf(path)
  if (judge === undefined) return [`${path}:1: no row of the table (tools/house/table.ts) is about this file`]
  return importsOf(path, source).flatMap((found) => {
    const wrong = judge(found)
    return wrong === undefined ? [] : [`${path}:${found.line}: ${wrong}`]
  })
}

/** What is wrong with an import, if anything. */
type Judge = (found: Import) => string | undefined

const judgeOf = (path: string): Judge | undefined => {
  const top = folderOf(path)
  if (top === 'src') return inSource(path)
  if (users.includes(top)) return inUser(path, top)
  if (probes.some((folder) => path.startsWith(`${folder}/`))) return () => undefined
  return inTools(path)
}

const inSource = (path: string): Judge | undefined => {
  const name = roomOf(path)
  const listed = rooms[path.slice('src/'.length)] ?? rooms[name]
  if (listed === undefined) return undefined
  const room = isTest(path) ? forTests(listed) : listed
  return ({ specifier }) => {
    if (specifier === undefined) {
      return loaders.includes(path) ? undefined : 'a computed import cannot be checked: name the module'
    }
    if (!isRelative(specifier)) return fromPackage(name, room, specifier)
    const target = resolve(path, specifier)
    if (folderOf(target) !== 'src') return `${specifier} is outside src/`
    const other = roomOf(target)
    if (other === name) return undefined
    if (!room.rooms.includes(other)) return `${name} may not import ${other} (${specifier})`
    // What was made to test one room may test others.
    if (isTest(path) && isTest(target)) return undefined
    return throughDoor(target, room.adapters)
  }
}

const fromPackage = (name: string, { packages }: Room, specifier: string): string | undefined => {
  const allowed = packages.some((allowance) =>
    allowance.endsWith(':')
      ? specifier.startsWith(allowance)
      : specifier === allowance || specifier.startsWith(`${allowance}/`),
  )
  return allowed ? undefined : `${name} may not import the package ${specifier}`
}

const inUser =
  (path: string, folder: string): Judge =>
  ({ specifier }) => {
    // An end-to-end test may have a page load any module from the development server, by its URL.
    if (specifier === undefined || specifier.startsWith('/')) {
      return folder === 'e2e' ? undefined : 'a computed import cannot be checked: name the module'
    }
    if (isRelative(specifier)) {
      const other = folderOf(resolve(path, specifier))
      // What an end-to-end test runs beside the pages it has from the same tools as every other test.
      return other === folder || (folder === 'e2e' && other === 'tools')
        ? undefined
        : `${specifier} is outside ${folder}/: import epaxos by name`
    }
    return isOurs(specifier) && !specifiers.includes(specifier)
      ? `${specifier} is not an export of the package`
      : undefined
  }

const inTools =
  (path: string): Judge =>
  ({ specifier }) => {
    if (specifier === undefined || !isRelative(specifier)) return undefined
    const target = resolve(path, specifier)
    return folderOf(target) === 'src' ? throughDoor(target, true) : undefined
  }

const throughDoor = (target: string, adapters: boolean): string | undefined => {
  const main = target === 'src/index.ts' || (posix.basename(target) === 'index.ts' && target.split('/').length === 3)
  if (main || (adapters && modules.includes(target))) return undefined
  return `${target} is behind the door of its room: import src/${roomOf(target)}/index.ts`
}

const isRelative = (specifier: string): boolean => /^\.\.?(\/|$)/.test(specifier)
const isOurs = (specifier: string): boolean => specifier === 'epaxos' || specifier.startsWith('epaxos/')

const resolve = (path: string, specifier: string): string =>
  posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')

const folderOf = (path: string): string => path.split('/')[0] ?? ''

/** `src/core/record.ts` is in room `core`, `src/index.ts` in a room of its own. */
const roomOf = (path: string): string => (path.split('/')[1] ?? '').replace(/\.ts$/, '')
