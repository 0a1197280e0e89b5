import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { root } from '../entries.js'
import { RESULTS, results } from './result.js'
import { isWritten, writtenOf } from './written.js'

// node tools/run.mjs tools/results/run.ts: makes the page of results, and its pictures, of what `npm run --silent bench -- NAME --json`
// has written to bench/results/NAME.json.

const files = writtenOf(results())
if (files.size === 0)
  throw new Error(`there is no result in ${RESULTS}: npm run --silent bench -- core --json > ${RESULTS}/core.json`)
for (const folder of ['docs', 'docs/images']) {
  for (const name of readdirSync(root + folder)) if (isWritten(`${folder}/${name}`)) rmSync(`${root}${folder}/${name}`)
}
for (const [path, text] of files) writeFileSync(root + path, text)
process.stdout.write(`${[...files.keys()].join('\n')}\n`)
