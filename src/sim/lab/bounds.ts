/** What a script of the Lab may ask for: whatever comes by an address ends soon, and fits into a page. */

export const MAX_TEXT_CHARACTERS: number = 64 << 10

export const MAX_STEPS = 2000

/** Ten minutes of virtual time: steps, delays and positions are within it. */
export const MAX_MS = 600_000

/** One way between two replicas that are all as far apart. Beyond that nothing is seen but what is said again. */
export const MAX_WAY_MS = 10_000

/** What a write may take: far more than any disk. */
export const MAX_WRITE_MS = 1000

/** Members over a whole run, those that are gone included: as many as have ids here, and are told apart. */
export const MAX_MEMBERS = 16

/** Of one burst. */
export const MAX_BURST = 5000

/** Of a whole run: what a page can keep, and draw. */
export const MAX_COMMANDS = 5000

export const MAX_SPANS = 8

export const MAX_KEY_CHARACTERS = 64

/**
 * What a run may cost: a message, or something that happens, counts one. As much as a page can keep, draw, and run again in
 * seconds.
 */
export const MAX_COST = 300_000

/** Futures kept side by side. */
export const MAX_BRANCHES = 32
