export {
  useExecuted,
  useObservable,
  usePending,
  usePresence,
  useStatus,
  useValue,
} from './observing.js'
export type { Opening } from './tenancy.js'
export { useRoom } from './use-room.js'
