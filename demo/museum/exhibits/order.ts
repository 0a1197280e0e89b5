import type { Exhibit } from '../exhibit.js'

/** Everything is committed as it should be, and executed as it should not. */
export const order: readonly Exhibit[] = [
  {
    id: 'h01',
    title: 'The newest implies the rest',
    rule: 'A command names the newest that it {interfere|interferes} with in every row, not only the newest of all.',
    story:
      'Seen in a published implementation: c depends on b, and b on a, so why name a? Because b may end as a {no-op}, which depends on nothing, and then nothing leads from c to a any more.',
    look: 'R1 loses power with b half done; later b ends as a no-op. R1 then executes c without a, whose commit has not reached it, while R0 has executed a first.',
    mutant: 'newest-writer-hides-all-others',
    core: () => import('museum:newest-writer-hides-all-others'),
    script: `
      lab 3 seed 1 even 20ms write 1ms
      at 0ms propose R0 a k
      at 50ms cut R0 R1,R2
      at 70ms heal
      at 80ms propose R1 b k
      at 110ms crash R1
      at 120ms propose R2 c k
      at 165ms cut R0 R1,R2
      at 180ms restart R1
      at 1600ms heal
    `,
    untilMs: 3000,
    windowMs: 900,
    by: 'order',
  },
  {
    id: 'k12',
    title: 'As they came in',
    rule: 'Commands in a {cycle} are executed by number, then by row.',
    story:
      'Each of three commands depends on the other two. Any order will do, as long as it is the same everywhere. A published library took the order in which they were found, and its replicas diverged in 30 of 100 runs in which nothing had failed.',
    look: 'Nothing is lost here, and nobody crashes. Each replica begins with the command whose commit it has had for longest.',
    mutant: 'component-in-order-of-arrival',
    core: () => import('museum:component-in-order-of-arrival'),
    script: `
      lab 3 seed 1 even 50ms write 2ms
      at 20ms propose R0 a k
      at 20ms propose R1 b k
      at 20ms propose R2 c k
    `,
    untilMs: 700,
    windowMs: 520,
    by: 'order',
  },
  {
    id: 'h15',
    title: 'Committed, so let it run',
    rule: 'A command is {execute|executed} once all that it depends on has been.',
    story:
      'A commit settles where a command belongs, and not that its turn has come. Published descriptions are easily misread here: who answers at the commit lets a later read miss the write.',
    look: 'R1 knows that 1.1 comes after 0.1, whose commit is late. With the rule off it does not wait.',
    mutant: 'executes-before-the-commit-of-its-dependencies',
    core: () => import('museum:executes-before-the-commit-of-its-dependencies'),
    script: `
      lab 3 seed 1 even 50ms write 2ms
      at 20ms propose R0 a k
      at 35ms propose R1 b k
      at 236ms delay commit 0.1 R0>R1 300ms
    `,
    untilMs: 900,
    windowMs: 520,
    by: 'order',
  },
  {
    id: 'h16',
    title: 'Always one more to wait for',
    rule: 'Who has an open command that {interfere|interferes} waits with the next one.',
    story:
      'Seen in a published implementation under load: each new command sees, and is seen by, one that is not committed yet. All of them commit, and they depend on each other in a cycle that never closes, so that none is executed.',
    look: 'Three replicas hammer one key. Compare how many commands are committed and not executed: with the rule on it stays small, with the rule off it grows for as long as the burst lasts.',
    mutant: 'coalesces-nothing',
    core: () => import('museum:coalesces-nothing'),
    script: `
      lab 3 seed 1 even 50ms write 2ms
      at 20ms burst 120 every 10ms interference 100% R0,R1,R2
    `,
    untilMs: 2500,
    windowMs: 900,
    by: 'lag',
  },
]
