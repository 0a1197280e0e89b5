import { parseArgs } from 'node:util'
import { storm } from './storm.js'

/**
 * `npm run storm -- [--seconds 300] [--clients 10] [--kill-every 4]`: three replicas on this machine's disk, one killed at
 * random every few seconds, under load. Exits with 1 where an acknowledged write is lost, where the clients' history is not
 * that of one map or can't be judged, or where the replicas end with different states.
 */

const USAGE = 'usage: npm run storm -- [--seconds <number>] [--clients <number>] [--kill-every <seconds>]'

const parsed = (): { readonly seconds: number; readonly clients: number; readonly killEvery: number } => {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '300' },
        clients: { type: 'string', default: '10' },
        'kill-every': { type: 'string', default: '4' },
      },
    })
    const options = {
      seconds: Number(values.seconds),
      clients: Number(values.clients),
      killEvery: Number(values['kill-every']),
    }
    const legal = Object.values(options).every((number) => Number.isFinite(number) && number > 0)
    if (legal && Number.isInteger(options.clients)) return options
  } catch {
    // As for a number that is none.
  }
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const { summary, failures } = await storm({ ...parsed(), say })
say(`storm, ${summary}: ${failures.length === 0 ? 'linearizable, nothing lost, all replicas equal' : 'FAILED'}`)
for (const failure of failures) say(failure)
if (failures.length > 0) process.exitCode = 1
