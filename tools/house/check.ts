import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { root } from '../entries.js'
import { importBreaches } from './import-rule.js'
import { impurities } from './purity.js'
import { isTest, pure, users } from './table.js'

// Checks the whole tree against the table of rooms: node tools/run.mjs tools/house/check.ts

const modulesUnder = (folder: string): readonly string[] =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)

const purityBreaches = (path: string, source: string): readonly string[] => {
  const rule = pure[/^src\/(\w+)\//.exec(path)?.[1] ?? '']
  return rule === undefined || isTest(path) ? [] : impurities(path, source, rule.promises)
}

const folders = ['src', 'tools', 'bench', ...users].filter((folder) => existsSync(root + folder))
const configs = readdirSync(root).filter((path) => path.endsWith('.ts'))
const modules = [...folders.flatMap(modulesUnder), ...configs]
const breaches = modules.flatMap((path) => {
  const source = readFileSync(root + path, 'utf8')
  return [...importBreaches(path, source), ...purityBreaches(path, source)]
})

for (const breach of breaches) console.error(breach)
console.log(`${modules.length} modules, ${breaches.length} breaches of the table of rooms (tools/house/table.ts)`)
if (breaches.length > 0) process.exitCode = 1
