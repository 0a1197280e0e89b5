import type { Storage, StorageFactory } from './contract.js'
import { StorageError } from './error.js'

/**
 * No storage: everything is as durable as the process at once, and gone with it. There is nothing to
 * read back, so nothing is kept.
 */
export const memory = (): StorageFactory => ({
  durable: false,
  identities: async () => [],
  open: async (): Promise<Storage> => {
    let open = true
    const write = async (): Promise<void> => {
      if (!open) throw new StorageError('closed', 'the storage was closed by its owner')
    }
    return {
      load: async () => ({ fresh: true }),
      writeStart: write,
      writeLives: write,
      writeMembership: write,
      writeCheckpoint: write,
      write,
      close: async () => {
        open = false
      },
    }
  },
})
