import type { Chapter } from './chapter.js'
import { apart } from './chapters/apart.js'
import { cycle } from './chapters/cycle.js'
import { death } from './chapters/death.js'
import { group } from './chapters/group.js'
import { oneCommand } from './chapters/one-command.js'
import { together } from './chapters/together.js'

/** In the order in which they are to be read. */
export const chapters: readonly Chapter[] = [oneCommand, apart, together, cycle, death, group]
