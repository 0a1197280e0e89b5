import type { RecoveryRule } from '../../core/index.js'

/**
 * Why a recovery decided as it did: what the recoverer saw, and what follows (protocol §5). To go on after a colon; "it"
 * is the instance.
 */
export const ruleInWords: Readonly<Record<RecoveryRule, string>> = {
  committed: 'somebody knew the decision already, so that stands',
  accepted: 'somebody had accepted it in a second round, where it may have been decided, so what was accepted stays',
  coordinator:
    'who had proposed it was among those that answered, had not decided it, and now never will, so a no-op can take its place',
  'too-few':
    'of those that answered too few had it as it was proposed for it to have been decided at once, so a no-op can take its place',
  validate:
    'so many had it as it was proposed that it may have been decided at once, so they are asked whether anything speaks against that',
  unopposed: 'nothing that they know speaks against its having been decided at once, so it stays as it was proposed',
  opposed:
    'something that interferes was decided without regard to it, and so this was not decided at once, and a no-op can take its place',
  tight:
    'had it been decided at once, all that did not answer would have agreed to it, and one of them proposed something else in its way, so a no-op can take its place',
  waiting: 'something that interferes with it is open, too, so what becomes of that is waited for',
  overtaken:
    'what it had waited for was decided without regard to it, and so this was not decided at once, and a no-op can take its place',
  covered: 'all that it had waited for comes after it or came to nothing, so it stays as it was proposed',
  rival:
    'what it had waited for had so many votes itself that this was not decided at once, and a no-op can take its place',
  'late-committed': 'while it waited, somebody answered late who knew the decision, so that stands',
  'late-accepted': 'while it waited, somebody answered late who had accepted it in a second round, so that stays',
  'late-coordinator':
    'while it waited, who had proposed it answered late, had not decided it, and now never will, so a no-op can take its place',
}
