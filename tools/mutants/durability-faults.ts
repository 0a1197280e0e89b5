import type { Mutant } from './plugin.js'

const AT_ONCE = 'if (this.isDurable(about)) this.send(to, message)'

/** What a `report` of this kind says may leave while its write is still under way. */
const early = (kind: string, hazard: string, says: string): Mutant => ({
  name: `${kind}-before-its-write`,
  hazard,
  file: 'core/outbox.ts',
  find: AT_ONCE,
  replace: `if (this.isDurable(about) || message.kind === '${kind}') this.send(to, message)`,
  says,
})

/** Faults in what is durable before what leaves (protocol §6), and in what a restart finds. */
export const durabilityFaults: readonly Mutant[] = [
  early('pre-accept', 'H5', 'A PreAccept leaves before its coordinator has written it.'),
  early('pre-accept-ok', 'H30', 'A PreAcceptOk leaves before what it reports is written.'),
  early('accept-ok', 'H30', 'An AcceptOk leaves, or counts, before what it reports is written.'),
  early('recover-ok', 'H30', 'A RecoverOk leaves, or counts, before the promise is written.'),
  {
    name: 'recover-before-its-promise',
    hazard: 'H31',
    file: 'core/outbox.ts',
    find: 'const list = this.isDurable(instance) ? this.#messages : this.#messagesAfterWrite',
    replace: 'const list = this.#messages',
    says: 'A Recover leaves before the own promise is written.',
  },
  {
    name: 'own-promise-not-written',
    hazard: 'H31',
    file: 'core/recovery.ts',
    find: 'instance.ballot = ballot\n    epoch.outbox.touch(instance)',
    replace: 'instance.ballot = ballot',
    says: 'A recoverer does not write the ballot that it takes.',
  },
  {
    name: 'promise-not-written',
    hazard: 'H11',
    file: 'core/acceptor.ts',
    find: 'promise(epoch, instance, ballot)\n      epoch.outbox.touch(instance)',
    replace: 'promise(epoch, instance, ballot)',
    says: 'A voter does not write what it promises.',
  },
  {
    name: 'validate-ok-before-its-write',
    hazard: 'H30',
    file: 'core/acceptor.ts',
    find: "epoch.outbox.sendAfterWrite(epoch.voter(from), {\n    kind: 'validate-ok'",
    replace: "epoch.outbox.send(epoch.voter(from), {\n    kind: 'validate-ok'",
    says: 'A ValidateOk leaves before what it validates is written.',
  },
  {
    name: 'own-vote-before-its-write',
    hazard: 'H30',
    file: 'core/outbox.ts',
    find: AT_ONCE,
    replace: 'if (this.isDurable(about) || to === this.self) this.send(to, message)',
    says: 'An own vote counts while its write is still under way.',
  },
  {
    name: 'repeat-answered-from-a-write-under-way',
    hazard: 'H30',
    file: 'core/outbox.ts',
    find: AT_ONCE,
    replace: "if (this.isDurable(about) || ('id' in about && !this.#dirty.has(about))) this.send(to, message)",
    says: 'A repeat is answered from state whose write is still under way.',
  },
  {
    name: 'commit-told-before-its-write',
    hazard: 'H7',
    file: 'core/commit.ts',
    find: 'if (instance.id.slot === epoch.me) epoch.outbox.afterWrite(instance)\n  else learn(epoch, instance)',
    replace: 'learn(epoch, instance)',
    says: 'An initial coordinator tells, and executes, a decision before it is written.',
  },
  {
    name: 'commit-answered-before-its-write',
    hazard: 'H7',
    file: 'core/acceptor.ts',
    find: 'if (instance.learned && from !== epoch.me) tellCommit',
    replace: 'if (from !== epoch.me) tellCommit',
    says: 'An initial coordinator answers with a decision before it is written.',
  },
  {
    name: 'commit-fetched-before-its-write',
    hazard: 'H7',
    file: 'core/repair.ts',
    find: 'if (!instance.learned) continue',
    replace: 'if (!instance.committed) continue',
    says: 'An initial coordinator lets a decision be fetched before it is written.',
  },
  {
    name: 'coordinator-resumes-at-ballot-0',
    hazard: 'H21',
    file: 'core/proposals.ts',
    find: "instance.proposal = 'inherited'",
    replace:
      "instance.proposal = 'inherited'\n      if (!instance.committed && instance.ballot === 0) propose(this.#epoch, id.number, initValue)",
    says: 'A restarted coordinator repeats the first round of an instance of its earlier life.',
  },
]
