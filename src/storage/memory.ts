import type { Storage, StorageFactory } from './contract.js'
import { StorageError } from './error.js'
import { randomPlace } from './place.js'

/** This process; made when it is first asked for. */
let place: string | undefined

/**
 * No storage: everything is as durable as the process at once, and gone with it. There is nothing to
 * read back, so nothing is kept.
 */
export const memory = (): StorageFactory => ({
  durable: false,
  place: async () => (place ??= randomPlace()),
  identities: async () => [],
  quarantine: async () => {},
  open: async (): Promise<Storage> => {
    let open = true
    const whileOpen = async (): Promise<void> => {
      if (!open) throw new StorageError('closed', 'the storage was closed by its owner')
    }
    return {
      load: async () => ({ fresh: true }),
      writeStart: whileOpen,
      writeLives: whileOpen,
      writeCheckpoint: whileOpen,
      write: whileOpen,
      readCut: async () => undefined,
      dropCut: whileOpen,
      readProposals: () => whileOpen().then(() => []),
      salvageProposals: () => whileOpen().then(() => ({ proposals: [], lost: 0 })),
      writeProposals: whileOpen,
      readKeys: () => whileOpen().then(() => undefined),
      writeKeys: whileOpen,
      close: async () => {
        open = false
      },
    }
  },
})
