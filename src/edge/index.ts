export type { EdgeRoomOptions } from './edge-replica.js'
export type { KeyValues, ReplicaObjectState } from './platform.js'
export { type ReplicaObjectOptions, replicaObject } from './replica-object.js'
export { type RoomBindings, serveRooms } from './serve-rooms.js'
