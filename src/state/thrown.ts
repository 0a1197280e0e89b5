/** It is kept in the session table, and sent: a text of bounded length, whatever was thrown. */
const MAX_MESSAGE_CODE_UNITS = 1024

/** What was thrown, in words. */
export const messageOf = (error: unknown): string => {
  try {
    const message: unknown = error instanceof Error ? error.message : error
    return String(message).slice(0, MAX_MESSAGE_CODE_UNITS)
  } catch {
    return 'what was thrown has no text'
  }
}
