export { DEFAULT_LIMITS, type RelayLimits } from './limits.js'
export { type RelayCounters, type RelaySocket, Rooms } from './rooms.js'
