export {
  type Introduction,
  type KnownLife,
  MAX_STARTS,
  nextLife,
  type Start,
  Starts,
  type Verdict,
} from './starts.js'
