import { write } from 'epaxos/core'
import { type Chapter, three } from '../chapter.js'
import { arrived, committed, executed, passed, sent } from '../until.js'

export const oneCommand: Chapter = {
  title: 'One command',
  teaser: 'How three replicas agree in one round trip, with nobody in charge.',
  setup: three,
  windowMs: 320,
  beats: [
    {
      title: 'Three replicas, no leader',
      text: 'Three {replica|replicas}, R0, R1 and R2, keep copies of the same state: keys and their values. The group is {leaderless}. Each replica has a lane in the picture; time runs to the right.',
      until: passed(60),
    },
    {
      title: 'A command comes in',
      text: 'Somebody asks R0 to write the key k. R0 is now the {coordinator} of this {command}. It gives it the next place in its own row, {instance|instance 0.1}, and stores that before anybody else hears of it.',
      hand: {
        label: 'Propose at R0',
        actions: [{ kind: 'propose', replica: 0, name: 'a', spans: [write('k')] }],
      },
      until: sent('pre-accept', '0.1'),
      after: 'Stored first, told second: should R0 lose power now, it will never use the number 0.1 for anything else.',
    },
    {
      title: 'R0 asks the others',
      text: 'R0 sends the command to R1 and R2: a {pre-accept}. With it goes what must come before it, its {dependencies}. R0 knows of none.',
      until: arrived('pre-accept', '0.1', 1, 2),
      after: 'R1 and R2 know of nothing that touches k either. They store it, too, and agree.',
    },
    {
      title: 'Their answers count',
      text: 'Each answer that equals what R0 proposed is a vote for it. With enough of them the command takes the {fast path}: it is {commit|committed} after one round trip.',
      question: {
        ask: 'How many of the three must agree, R0 included?',
        choices: ['Two', 'All three'],
        right: 0,
        because: 'Two of three: R0 and one more. The third may be slow, asleep or gone.',
      },
      until: committed('0.1', 0),
      lit: '0.1',
    },
    {
      title: 'Everybody learns of it',
      text: 'R0 has what it needs: it {execute|executes} the command and answers whoever asked. Only then, one message later, do the others learn that it is settled.',
      until: executed('0.1', 0, 1, 2),
      after: 'Executed at all three. The number in a cell of the lower picture is its place in the order of execution.',
      lit: '0.1',
    },
    {
      title: 'Any replica will do',
      text: 'There was nothing special about R0. Propose at R2: it coordinates its own command, in its own row.',
      hand: {
        label: 'Propose at R2',
        actions: [{ kind: 'propose', replica: 2, name: 'b', spans: [write('m')] }],
      },
      until: executed('2.1', 0, 1, 2),
      after: 'So everybody asks the replica that is nearest, and the loss of any one of them stops nobody.',
      lit: '2.1',
    },
  ],
}
