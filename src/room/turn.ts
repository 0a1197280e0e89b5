/** Calls once all is done that runs now. */
export const atEndOfTask = (call: () => void): void => queueMicrotask(call)

/**
 * Calls once all that has come meanwhile was heard: what a socket brings at once, and what is opened of it one by one, is
 * answered in one go. Where the platform has no such moment: at the end of what runs now.
 */
export const atEndOfTurn = (call: () => void): void => {
  if (typeof setImmediate === 'function') setImmediate(call)
  else queueMicrotask(call)
}
