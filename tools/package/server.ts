import { fileOf, pageNamed } from '../docs/blocks.js'
import { entries } from '../entries.js'
import { type Project, tsconfig, Unexpected } from './project.js'
import type { Trial } from './trial.js'

/** What a browser has and a server has not, or what must not be begun by an import. */
const GLOBALS = [
  'BroadcastChannel',
  'RTCPeerConnection',
  'WebSocket',
  'Worker',
  'crypto',
  'document',
  'indexedDB',
  'localStorage',
  'navigator',
  'window',
]

const everyEntry = `
for (const name of ${JSON.stringify(GLOBALS)}) {
  Object.defineProperty(globalThis, name, { get() { throw new Error('an import touches ' + name) } })
}
${entries.map(({ specifier }) => `await import('${specifier}')\n`).join('')}`

const render = `
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { SeatMap } from './SeatMap.js'

console.log(renderToString(createElement(SeatMap, { invite: 'none' })))
`

/** A page that is rendered on a server: the component that the docs show for React. */
export const server: Trial = {
  name: 'a page rendered on a server',
  packages: ['react', 'react-dom', '@types/react', '@types/react-dom', 'typescript', '@types/node'],
  async run(project: Project) {
    await project.write('every-entry.js', everyEntry)
    await project.runSilently(process.execPath, ['--trace-warnings', '--throw-deprecation', 'every-entry.js'])

    await project.write('seats.ts', fileOf(pageNamed('docs/guide.md'), 'seats.ts'))
    await project.write('SeatMap.tsx', fileOf(pageNamed('docs/react.md'), 'SeatMap.tsx'))
    await project.write('render.ts', render)
    const options = { module: 'nodenext', types: ['node'], jsx: 'react-jsx', rewriteRelativeImportExtensions: true }
    await project.write('tsconfig.json', tsconfig(options))
    await project.runSilently(project.bin('tsc'), ['-p', '.'])
    const html = await project.run(process.execPath, ['--trace-warnings', '--throw-deprecation', 'render.js'])
    if (html !== '<p>One moment …</p>\n') throw new Unexpected(`it rendered ${html}`)
  },
}
