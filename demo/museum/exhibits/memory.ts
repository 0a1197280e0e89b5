import type { Exhibit } from '../exhibit.js'

/** What was said, and then forgotten. */
export const memory: readonly Exhibit[] = [
  {
    id: 'h07',
    title: 'Told before it was stored',
    rule: 'The {coordinator} stores its {commit} before it tells anybody.',
    story:
      'A commit may seem safe to tell at once: enough voters hold the command. But the coordinator that restarts without its own commit helps the others to give the command up, and it does so in good faith. In our model of the protocol half of all runs failed without this rule.',
    look: 'R0 tells R1, and loses power before its disk has the commit. R0 and R2 then make a {no-op} of what R1 has executed.',
    mutant: 'commit-told-before-its-write',
    core: () => import('museum:commit-told-before-its-write'),
    script: `
      lab 3 seed 1 even 20ms write 60ms
      at 0ms propose R0 a k
      at 165ms cut R0,R1 R2
      at 170ms crash R0
      at 190ms cut R0,R2 R1
      at 200ms restart R0
      at 3000ms heal
    `,
    untilMs: 4500,
    windowMs: 900,
    by: 'agreement',
  },
  {
    id: 'h05',
    title: 'One number, two commands',
    rule: 'A command is stored under its number before that number leaves the replica.',
    story:
      'Seen in a published implementation: a replica that restarts counts its {instance|instances} from where its disk says, and uses a number again which others know as another command.',
    look: 'R0 sends a as 0.1 and crashes before that is stored. It comes back, and proposes b as 0.1. The votes are for a; what is committed at R0 is b.',
    mutant: 'pre-accept-before-its-write',
    core: () => import('museum:pre-accept-before-its-write'),
    script: `
      lab 3 seed 1 even 20ms write 100ms
      at 0ms propose R0 a k
      at 50ms crash R0
      at 60ms restart R0
      at 100ms propose R0 b k
    `,
    untilMs: 1500,
    windowMs: 600,
    by: 'agreement',
  },
  {
    id: 'h11',
    title: 'A promise about nothing',
    rule: 'A voter keeps its promise also for an {instance} that it has never seen.',
    story:
      'Seen in a published implementation: who is asked about an unknown instance says “never heard of it”, and stores nothing. The late first message of its coordinator then finds a voter that is willing.',
    look: 'R1 and R2, who have seen 0.2 only, are about to make a {no-op} of 0.1. A late copy of its first message arrives at R1 just then; R1 votes for it, and R0 has all that it needs to commit.',
    mutant: 'unseen-instance-not-promised',
    core: () => import('museum:unseen-instance-not-promised'),
    script: `
      lab 3 seed 1 even 20ms write 1ms
      at 0ms cut R0 R1,R2
      at 0ms propose R0 a k
      at 10ms repeat pre-accept 0.1 R0>R1 3049ms
      at 25ms heal
      at 30ms propose R0 b m
      at 250ms cut R0 R1,R2
      at 3065ms heal
      at 3095ms cut R0 R1,R2
      at 4000ms heal
    `,
    untilMs: 5500,
    windowMs: 600,
    by: 'agreement',
  },
  {
    id: 'k01',
    title: 'A yes below the promise',
    rule: 'Who has promised a {ballot} refuses every lower one.',
    story:
      'A voter has promised one recoverer to heed nobody older. Then the message of the older one arrives, and looks just like any other. To say yes to it gives one vote to two values.',
    look: 'R1 and R2 make a {no-op} of 0.1. A late copy of the {accept} of R0 reaches R1 in between: R0 counts that as its majority.',
    mutant: 'accept-below-the-promise',
    core: () => import('museum:accept-below-the-promise'),
    script: `
      lab 3 seed 1 even 20ms write 1ms
      at 0ms cut R0,R1 R2
      at 0ms propose R0 a k
      at 10ms propose R1 b k
      at 30ms heal
      at 55ms cut R0 R1,R2
      at 56ms repeat accept 0.1 R0>R1 3258ms
      at 3309ms drop accept 0.1 R2>R0
      at 3310ms heal
    `,
    untilMs: 6000,
    windowMs: 600,
    by: 'agreement',
  },
]
