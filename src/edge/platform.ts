import type { ObjectState } from '../relay/edge.js'
import type { ObjectStorage } from '../storage/durable-object.js'

/** The `ctx` of an object whose class is of the SQLite kind, as far as a replica needs it. */
export interface ReplicaObjectState extends ObjectState {
  readonly storage: ObjectState['storage'] & ObjectStorage & KeyValues
  /** Nothing comes to the object until it resolves. */
  blockConcurrencyWhile<T>(callback: () => Promise<T>): Promise<T>
}

export interface KeyValues {
  get(key: string): Promise<unknown>
  put(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<boolean>
}
