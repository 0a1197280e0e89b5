#!/usr/bin/env node
import { once } from 'node:events'
import { run } from './cli.js'

process.exitCode = await run(process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  stop: async () => {
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  },
})
