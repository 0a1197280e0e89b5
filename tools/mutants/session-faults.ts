import type { Mutant } from './plugin.js'

/** Faults in the session table, which executes each command once (protocol §10). */
export const sessionFaults: readonly Mutant[] = [
  {
    name: 'acknowledged-ones-refused-before-a-sweep',
    hazard: 'H24',
    file: 'state/sessions.ts',
    find: 'if (sequence <= session.mark) return ACKNOWLEDGED',
    replace: 'if (sequence <= session.acknowledged) return ACKNOWLEDGED',
    says: 'What a client has the answer of is refused where it was not executed yet.',
  },
  {
    name: 'last-sequence-for-the-set',
    hazard: 'H24',
    file: 'state/sessions.ts',
    find: 'const first = session.entries.get(sequence)',
    replace:
      'if (sequence < Math.max(0, ...session.entries.keys())) return ACKNOWLEDGED\n    const first = session.entries.get(sequence)',
    says: 'A session is a high-water mark: what executes after a later command of its client is dropped.',
  },
  {
    name: 'retry-executed-again',
    hazard: 'H9',
    file: 'state/sessions.ts',
    find: 'if (first !== undefined) return first',
    replace: '',
    says: 'A command committed twice is executed twice.',
  },
  {
    name: 'swept-ones-executed-again',
    hazard: 'H24',
    file: 'state/sessions.ts',
    find: 'if (sequence <= session.mark) return ACKNOWLEDGED',
    replace: '',
    says: 'A command committed again after a sweep has dropped its entry is executed again.',
  },
  {
    name: 'ended-sessions-born-again',
    hazard: 'H24',
    file: 'state/sessions.ts',
    find: 'if (age < 0 || age > SESSION_SWEEPS) return undefined',
    replace: 'if (age < 0) return undefined',
    says: 'A command of a session that a sweep has ended is executed again.',
  },
  {
    name: 'snapshot-restored-without-sessions',
    hazard: 'K17',
    file: 'state/exactly-once.ts',
    find: 'sessions.restore(rest.slice(0, tableLength).map(decodeRow))',
    replace: '',
    says: 'A state read back from a checkpoint has forgotten what it has executed.',
  },
]
