import { expect, test } from 'vitest'
import { indexedDb } from './indexeddb.js'

// What it does where there is an IndexedDB is shown in real browsers: e2e/storage.spec.ts.

test('where there is no IndexedDB, as in Node, it says so', async () => {
  const storage = indexedDb()
  const unavailable = { name: 'StorageError', code: 'unavailable' }
  await expect(storage.place()).rejects.toMatchObject(unavailable)
  await expect(storage.identities('room')).rejects.toMatchObject(unavailable)
  await expect(storage.open('room', 'a'.repeat(32))).rejects.toMatchObject(unavailable)
})
