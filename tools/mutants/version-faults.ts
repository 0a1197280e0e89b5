import type { Mutant } from './plugin.js'

/** Faults in going on as a later version of the replicated state (protocol §9). */
export const versionFaults: readonly Mutant[] = [
  {
    name: 'not-migrated-at-the-cut',
    hazard: 'K12',
    file: 'member/member.ts',
    find: 'machine.migrate(next.stateVersion)',
    replace: '',
    says: 'A seal raises the version, and the machine goes on as it was.',
  },
  {
    name: 'migrated-before-the-cut',
    hazard: 'K12',
    file: 'member/member.ts',
    find: 'for (const one of executable) {\n',
    replace:
      "for (const { value } of executable) if (value.kind === 'seal') machine.migrate(value.next.stateVersion)\n    for (const one of executable) {\n",
    says: 'A seal’s version counts for what is executed before it, where both come at once.',
  },
  {
    name: 'conversion-left-out',
    hazard: 'K12',
    file: 'state/exactly-once.ts',
    find: 'migrateMachine(this.#machine, this.#stateVersion, stateVersion)\n',
    replace: '',
    says: 'The version is noted, and the state not converted.',
  },
  {
    name: 'snapshot-restored-as-the-newest-version',
    hazard: 'K12',
    file: 'state/exactly-once.ts',
    find: 'this.#machine.restore(rest, stateVersion)',
    replace: 'this.#machine.restore(rest, this.#versions[1])',
    says: 'A state is read as of the highest version that the code knows.',
  },
  {
    name: 'restored-version-forgotten',
    hazard: 'K12',
    file: 'state/exactly-once.ts',
    find: 'this.#sessions = sessions\n    this.#stateVersion = stateVersion',
    replace: 'this.#sessions = sessions',
    says: 'Who has restored a state takes it to be of the highest version, and never converts it.',
  },
  {
    name: 'old-code-goes-on',
    hazard: 'K12',
    file: 'member/member.ts',
    find: 'return this.stop(error instanceof Error ? error.message : String(error))',
    replace: 'this.#self.events.length = 0',
    says: 'Who can’t execute the next version goes on as the last one.',
  },
]
