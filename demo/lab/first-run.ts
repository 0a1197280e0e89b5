import { write } from 'epaxos/core'
import { LabSession } from 'epaxos/sim'
import { cities } from '../run/words.js'

/** Long enough for messages to be under way in the picture that does not move. */
export const STILL_MS = 60

/** What a visitor sees first: five replicas around the world, two of which write the same key at nearly the same time. */
export const firstRun = (): LabSession => {
  const session = LabSession.begin({
    seed: 7,
    voters: 5,
    net: { kind: 'map', cities },
    jitter: 0.05,
    writeMs: 2,
    thrifty: false,
  })
  session.seek(10)
  session.act({ kind: 'propose', replica: 1, name: 'a', spans: [write('k')] })
  session.seek(30)
  session.act({ kind: 'propose', replica: 4, name: 'b', spans: [write('k')] })
  session.seek(0)
  return session
}
