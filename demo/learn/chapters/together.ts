import { write } from 'epaxos/core'
import { type Chapter, three } from '../chapter.js'
import { all, arrived, committed, executed, passed } from '../until.js'

export const together: Chapter = {
  title: 'Two commands, the same key',
  teaser: 'They get in each other’s way: one of them takes a second round trip, and their order is clear to all.',
  setup: three,
  windowMs: 420,
  beats: [
    {
      title: 'The same key',
      text: 'R0 is asked to write k. Its {pre-accept} is on its way to R1 and R2.',
      hand: {
        label: 'Propose at R0',
        actions: [{ kind: 'propose', replica: 0, name: 'a', spans: [write('k')] }],
      },
      until: passed(20),
    },
    {
      title: 'Too late to know',
      text: 'Before that message arrives, R2 is asked to write k as well. The two {interfere}, and neither coordinator knows of the other one’s.',
      hand: {
        label: 'Propose at R2',
        actions: [{ kind: 'propose', replica: 2, name: 'b', spans: [write('k')] }],
      },
      until: arrived('pre-accept', '0.1', 1, 2),
      after:
        'R2 has 2.1 already, and answers that 0.1 must come after it. R1 has heard of nothing else: it agrees with R0.',
      lit: '0.1',
    },
    {
      title: 'Everybody knows 0.1 by now',
      text: 'A little later 2.1 arrives at R0 and at R1. Both hold 0.1 already.',
      until: arrived('pre-accept', '2.1', 0, 1),
      after: 'Both answer with more than R2 proposed: 2.1 must come after 0.1.',
      lit: '2.1',
    },
    {
      title: 'Equal to what was proposed',
      text: 'The answers come back. Only those that equal the proposal count for the {fast path}; two are needed, and the coordinator’s own is one of them.',
      question: {
        ask: 'Which of the two commands still commits fast?',
        choices: ['0.1, of R0', '2.1, of R2', 'Neither'],
        right: 0,
        because: 'R1 agreed with R0, and with R0’s own vote that makes two. Nobody agreed with R2.',
      },
      until: all(committed('0.1', 0), arrived('pre-accept-ok', '2.1', 2)),
      lit: '0.1',
    },
    {
      title: 'A second round',
      text: 'R2 adds what it was told: 2.1 after 0.1. It asks the others to store that, with an {accept}. This is the {slow path}: a {majority} must have it.',
      until: committed('2.1', 2),
      after: 'One more round trip, and it is settled as well.',
      lit: '2.1',
    },
    {
      title: 'One order',
      text: '2.1 depends on 0.1, so that no replica executes it first, whichever commit it hears of first.',
      until: all(executed('0.1', 0, 1, 2), executed('2.1', 0, 1, 2)),
      after: '0.1, then 2.1, at all three. To collide costs a round trip, never the order.',
      lit: '2.1',
    },
  ],
}
