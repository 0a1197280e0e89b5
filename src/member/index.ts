export { type Introduction, type KnownLife, type Start, Starts, type Verdict } from './starts.js'
