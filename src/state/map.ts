import { defineState, type PartCalls } from './define-state.js'
import type { Json, Plain } from './json.js'
import type { StateDefinition } from './machine.js'
import type { View } from './mutator.js'
import { type MapMutators, map, type SharedMap } from './parts/map.js'

/** What `replicatedMap` is called by: `room.mutate.set({ key: 'seat/12', value: 'Ada' })`. */
export type MapCalls<T = Json> = PartCalls<MapMutators<T>>

/** The state of `replicatedMap`: `Room<ReplicatedMap>`. */
export type ReplicatedMap<T = Json> = StateDefinition<MapCalls<T>, View>

/** A room's state as one map of JSON values, for whoever needs no mutators of their own. */
export const replicatedMap: {
  <T extends Plain<T> = Json>(): ReplicatedMap<T>
  // The last one is what `ReturnType` takes.
  (): ReplicatedMap
} = <T extends Plain<T>>(): ReplicatedMap<T> => {
  // Of a T that is not known yet the compiler can't tell that it is plain.
  const { mutators } = map<T>() as SharedMap<unknown> as SharedMap<Json>
  return defineState({ version: 1, mutators }) as StateDefinition<MapCalls<unknown>, View> as ReplicatedMap<T>
}
