import { read, write } from 'epaxos/core'
import { type Chapter, three } from '../chapter.js'
import { all, arrived, committed, executed } from '../until.js'

export const apart: Chapter = {
  title: 'Two commands, different keys',
  teaser: 'Why they never wait for each other.',
  setup: three,
  windowMs: 320,
  beats: [
    {
      title: 'Two at once',
      text: 'Commands {interfere} if they touch the same key and one of them writes it. These two do not: one writes x at R0, the other y at R2, at the same moment.',
      hand: {
        label: 'Propose at R0 and at R2',
        actions: [
          { kind: 'propose', replica: 0, name: 'a', spans: [write('x')] },
          { kind: 'propose', replica: 2, name: 'b', spans: [write('y')] },
        ],
      },
      until: all(arrived('pre-accept', '0.1', 1), arrived('pre-accept', '2.1', 1)),
    },
    {
      title: 'Nobody objects',
      text: 'R1 hears of both. Each time the question is: do you know of anything that interferes with this? Each time the answer is no.',
      until: all(committed('0.1', 0), committed('2.1', 2)),
      after: 'Both took the fast path, side by side. Nobody has put them into a row, since no row is needed.',
      lit: '0.1',
    },
    {
      title: 'Two orders, one state',
      text: 'A coordinator executes its command as soon as that is committed, and learns of the other one a message later.',
      question: {
        ask: 'R0 executes a, then b. In which order does R2 execute them?',
        choices: ['The same: a, then b', 'The other way round: b, then a'],
        right: 1,
        because: 'R2 has b first. The keys are different, so that the state comes out the same.',
      },
      until: all(executed('0.1', 0, 1, 2), executed('2.1', 0, 1, 2)),
      after:
        'Look at the numbers below the lanes: R0 has 0.1 as its first, R2 has 2.1. The states are the same. The cells count who was first anywhere.',
      lit: '2.1',
    },
    {
      title: 'One that needs both',
      text: 'This command reads x and y, and so interferes with both. R1 knows that, and names them as {dependencies}: 0.1 and 2.1 come before 1.1.',
      hand: {
        label: 'Propose at R1',
        actions: [{ kind: 'propose', replica: 1, name: 'c', spans: [read('x'), read('y')] }],
      },
      until: committed('1.1', 1),
      after: 'Fast again, for the others name the same dependencies. Having some costs nothing: only to disagree does.',
      lit: '1.1',
    },
    {
      title: 'After both, everywhere',
      text: 'Whoever executes 1.1 has executed 0.1 and 2.1 before, in whatever order those two came.',
      until: executed('1.1', 0, 1, 2),
      after: 'Third at every replica: it reads the same values wherever it runs.',
      lit: '1.1',
    },
  ],
}
