import { fileOf, pageNamed } from '../docs/blocks.js'
import { withBrowser, withRelay } from './in-browser.js'
import { type Project, tsconfig } from './project.js'
import type { Trial } from './trial.js'

const html = '<!doctype html><title>worker</title><p></p><script type="module" src="/main.ts"></script>'

const main = `
import Seats from './worker.ts?worker'

new Seats().onmessage = ({ data }) => {
  document.querySelector('p')?.append(data)
}
`

const worker = `
import { createRoom, read } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'
import { seats } from './seats.ts'

const options = { state: seats, storage: indexedDb(), transport: webSocket(), author: 'Ada' }
const room = await createRoom({ ...options, relay: import.meta.env.VITE_RELAY })
await room.mutate.claimSeat({ seat: 1 })
const by = await room.read([read('seat/1')], (tx) => tx.get<string>('seat/1'))
postMessage(by + ' sits')
`

/** A dedicated worker, bundled, in which a room lives. */
export const inWorker: Trial = {
  name: 'a worker built by Vite',
  packages: ['vite', 'typescript'],
  async run(project: Project) {
    await project.write('index.html', html)
    await project.write('main.ts', main)
    await project.write('worker.ts', worker)
    await project.write('seats.ts', fileOf(pageNamed('docs/guide.md'), 'seats.ts'))
    await project.write('vite.config.js', "export default { worker: { format: 'es' } }\n")
    const bundled = { module: 'esnext', moduleResolution: 'bundler', allowImportingTsExtensions: true, noEmit: true }
    await project.write('tsconfig.json', tsconfig({ ...bundled, types: ['vite/client'] }))
    await project.runSilently(project.bin('tsc'), ['-p', '.'])
    await withRelay(project, async (relay) => {
      await project.runSilently(project.bin('vite'), ['build', '--logLevel', 'warn'], { VITE_RELAY: relay })
      await withBrowser(project, async (browser, url) => {
        const page = await browser.newPage()
        await page.goto(url)
        await page.getByText('Ada sits').waitFor()
      })
    })
  },
}
