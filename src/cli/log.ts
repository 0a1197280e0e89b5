export type LogFormat = 'text' | 'json' | 'none'

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

type Level = 'debug' | 'info' | 'warn' | 'error'

/** What rooms and relays take for a logger. */
export type Log = Readonly<Record<Level, (message: string, fields?: LogFields) => void>>

export const logFormatOf = (text: string): LogFormat => {
  if (text === 'text' || text === 'json' || text === 'none') return text
  throw new Error(`--log ${JSON.stringify(text)} is none of text, json, none`)
}

/** One line for each that is more than debugging. */
export const logTo = (write: (line: string) => void, format: LogFormat): Log => {
  const line = (level: Level, message: string, fields: LogFields = {}): void => {
    // Last, so that no field of that name hides them.
    if (format === 'json') write(quoted({ ...fields, time: new Date().toISOString(), level, message }))
    if (format === 'text') write([message, ...Object.entries(fields).flatMap(pair)].join(' '))
  }
  return {
    debug: () => {},
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  }
}

/** What terminals obey, or show in another order, and `JSON.stringify` leaves as it is. */
const UNSEEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** In one line, and harmless where it is shown. */
const quoted = (value: unknown): string => JSON.stringify(value).replace(UNSEEN, escaped)

/** A value with blanks or quotes is quoted: what others sent must not look like a line of its own. */
const pair = ([name, value]: [string, string | number | boolean | undefined]): readonly string[] => {
  if (value === undefined) return []
  const text = String(value)
  return [`${name}=${/^[\w./:@+-]+$/.test(text) ? text : quoted(text)}`]
}
