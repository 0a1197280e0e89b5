import { ledCourse } from './leader.js'
import type { Load } from './load.js'
import { summaryOf } from './summary.js'
import { courseOf } from './world.js'

// node measure.mjs group|leader <loads>: prints what comes of each of these loads, as JSON.

const [, , kind, text = ''] = process.argv
const loads: readonly Load[] = JSON.parse(text)
const results = loads.map((load) =>
  kind === 'leader' ? ledCourse(load) : summaryOf(courseOf(load), load.places.length),
)
process.stdout.write(JSON.stringify(results))
