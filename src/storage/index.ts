export type { Loaded, Storage, StorageFactory } from './contract.js'
export { type Corruption, StorageCorrupt, StorageError, type StorageErrorCode } from './error.js'
