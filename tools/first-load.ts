import { loadedBy } from '../bench/size/bundle.js'
import { FIRST_LOAD, sets } from '../bench/size/programs.js'

// npm run check: what a page has to load until a room is open and takes a command, and what is loaded after that. As
// gzip makes it, in bytes. A limit is what there was, and a little: whoever needs more than that says why.

const LIMITS = { first: 67_000, later: 34_000 }

const program = sets.get(FIRST_LOAD)
if (program === undefined) throw new Error(`there is no set of entry points called ${FIRST_LOAD}`)
const loaded = await loadedBy(program)
for (const part of ['first', 'later'] as const) {
  console.log(`${FIRST_LOAD}, ${part}: ${loaded[part]} bytes, of at most ${LIMITS[part]}`)
  if (loaded[part] > LIMITS[part]) process.exitCode = 1
}
