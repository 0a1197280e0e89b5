import type { Exhibit } from '../exhibit.js'

/** Votes that were counted for more than they say. */
export const votes: readonly Exhibit[] = [
  {
    id: 'k06',
    title: 'Any answer counts',
    rule: 'The {fast path} takes answers that equal what was proposed, and no others.',
    story:
      'A {coordinator} asks the others, and one of them answers: there is something that you have not heard of. An easy mistake is to count the answers and not to read them.',
    look: 'Both commands commit fast. Neither depends on the other, so that nothing says which comes first, and each replica executes the one that it heard of first.',
    mutant: 'fast-path-ignores-answers',
    core: () => import('museum:fast-path-ignores-answers'),
    script: `
      lab 3 seed 1 even 50ms write 2ms
      at 20ms propose R0 a k
      at 35ms propose R1 b k
    `,
    untilMs: 600,
    windowMs: 420,
    by: 'visibility',
  },
  {
    id: 'k06-each-other',
    title: 'They all say the same',
    rule: 'Answers must equal what was proposed; that they equal each other is not enough.',
    story:
      'Both voters name one more of the {dependencies}, and the same one. So why not take it, and commit at once? Because those who have to recover the command later see only that it was changed, which proves to them that it was never fast.',
    look: 'R1 commits and executes 1.1, and is lost with what it knows. R0 and R2 make a {no-op} of 1.1; when R1 comes back there are two truths.',
    mutant: 'fast-path-when-equal-to-each-other',
    core: () => import('museum:fast-path-when-equal-to-each-other'),
    script: `
      lab 3 seed 1 even 50ms write 2ms
      at 20ms propose R0 a k
      at 35ms propose R1 b k
      at 144ms cut R0,R2 R1
      at 150ms crash R1
      at 4500ms heal
      at 4500ms restart R1
    `,
    untilMs: 6000,
    windowMs: 1200,
    by: 'agreement',
  },
  {
    id: 'k05',
    title: 'Half is not a majority',
    rule: 'More than half of the voters decide: of four, three.',
    story:
      'Half of an even number looks like enough, until the network breaks in the middle. Then there are two halves, both of which go on.',
    look: 'Four replicas are cut into two pairs. With the rule on, nobody commits until the cut has healed. With the rule off, both pairs do, each without the other.',
    mutant: 'half-is-a-majority',
    core: () => import('museum:half-is-a-majority'),
    script: `
      lab 4 seed 1 even 40ms write 2ms
      at 0ms cut R0,R1 R2,R3
      at 20ms propose R0 a k
      at 20ms propose R2 b k
      at 1500ms heal
    `,
    untilMs: 3500,
    windowMs: 900,
    by: 'visibility',
  },
  {
    id: 'k07',
    title: 'The second round forgets the first',
    rule: 'The {slow path} proposes all that the voters have added.',
    story:
      'The first round has shown that something must come before. The second round is there to settle just that; to send the first proposal again undoes what was learned.',
    look: 'R1 is told of 0.1, takes the slow path, and settles that 1.1 depends on nothing.',
    mutant: 'slow-path-forgets-answers',
    core: () => import('museum:slow-path-forgets-answers'),
    script: `
      lab 3 seed 1 even 50ms write 2ms
      at 20ms propose R0 a k
      at 35ms propose R1 b k
    `,
    untilMs: 600,
    windowMs: 420,
    by: 'visibility',
  },
]
