/** They say how many sweeps were executed at the session's birth: enough for one a second, for 136 years. */
const BIRTH_DIGITS = 8
const RANDOM_DIGITS = 24

/**
 * The name of a new session: 32 lower-case hex digits, with the number of sweeps executed at its birth.
 * @param sweeps the `sweeps` of the proposing replica's `ExactlyOnce`, now
 * @param random uniform in [0, 1); two sessions of one name would be taken for one
 */
export const sessionId = (sweeps: number, random: () => number): string => {
  let id = sweeps.toString(16).padStart(BIRTH_DIGITS, '0')
  for (let i = 0; i < RANDOM_DIGITS; i++) id += Math.floor(random() * 16).toString(16)
  return id
}

/** The number of sweeps executed when the session was born. */
export const birthOf = (session: string): number => Number.parseInt(session.slice(0, BIRTH_DIGITS), 16)

export const isSessionId = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
