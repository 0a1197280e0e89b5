import { TokenBucket } from '../../wire/index.js'

/** Where a relay says what happens, for people who look after it. All are called synchronously, and must not throw. */
export interface RelayLogger {
  debug(message: string, fields?: RelayLogFields): void
  info(message: string, fields?: RelayLogFields): void
  warn(message: string, fields?: RelayLogFields): void
  error(message: string, fields?: RelayLogFields): void
}

export type RelayLogFields = Readonly<Record<string, string | number | boolean | undefined>>

export const SILENT: RelayLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const LINES_PER_SECOND = 20
const LINES_AT_ONCE = 200

/** What strangers can have written is written only so often: a flood of sockets must not become one of lines. */
export const bounded = (logger: RelayLogger, nowMs: () => number): RelayLogger => {
  const lines = new TokenBucket(LINES_PER_SECOND, LINES_AT_ONCE, nowMs())
  let leftOut = 0
  const through =
    (level: keyof RelayLogger) =>
    (message: string, fields?: RelayLogFields): void => {
      if (!lines.isOpen(nowMs())) {
        leftOut++
        return
      }
      lines.spend(1)
      if (leftOut > 0) logger.warn('log lines left out', { count: leftOut })
      leftOut = 0
      logger[level](message, fields)
    }
  return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') }
}
