import { afterAll, expect, test } from 'vitest'
import { memory } from '../../src/storage/memory.js'
import { storageContract } from '../../src/testing/index.js'
import { startWorkerd } from '../workerd.js'

const workerd = await startWorkerd({ entry: 'tools/edge/storage-worker.ts' })
afterAll(() => workerd.stop())

/** Runs in the object. Answers with what was wrong; empty: nothing. */
const run = async (name: string): Promise<string> =>
  (await fetch(`${workerd.url}?case=${encodeURIComponent(name)}`)).text()

for (const { name } of storageContract(memory)) {
  test(`in a Durable Object: ${name}`, async () => {
    expect(await run(name)).toBe('')
  })
}
