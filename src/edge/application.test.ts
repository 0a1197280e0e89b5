import { expect, test } from 'vitest'
import { replicatedMap } from '../state/index.js'
import { answer } from './application.js'
import { EdgeReplica } from './edge-replica.js'

/** In no room, so that it has nothing to store, and nobody to reach. */
const replica = new EdgeReplica(replicatedMap(), {}, {} as never, {} as never)
const request = new Request('https://rooms.example/app?room=x')

test('where there is no application, whoever asks is told so', async () => {
  const given = await answer(request, { application: undefined, environment: {}, replica, logger: console })
  expect(given.status).toBe(404)
  expect(await given.text()).toContain('no fetch')
})

test('an application is not asked while there is no replica', async () => {
  const application = (): Response => expect.unreachable()
  const given = await answer(request, { application, environment: {}, replica, logger: console })
  expect(given.status).toBe(404)
  expect(await given.text()).toContain('no replica')
})
