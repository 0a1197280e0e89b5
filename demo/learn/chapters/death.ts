import { write } from 'epaxos/core'
import { type Chapter, three } from '../chapter.js'
import { all, arrived, committed, executed, missed, ruled, sent } from '../until.js'

export const death: Chapter = {
  title: 'A coordinator dies',
  teaser:
    'It is lost with its command half done. How others finish that, and how they know what may have been decided.',
  setup: { ...three, voters: 5 },
  windowMs: 700,
  beats: [
    {
      title: 'Five replicas',
      text: 'Of five replicas any two may be lost. R0 proposes a command, and its messages reach all the others.',
      hand: {
        label: 'Propose at R0',
        actions: [{ kind: 'propose', replica: 0, name: 'a', spans: [write('k')] }],
      },
      until: arrived('pre-accept', '0.1', 1, 2, 3, 4),
      lit: '0.1',
    },
    {
      title: 'Lights out',
      text: 'Their answers are on the way, and R0 loses power before it hears any of them.',
      hand: { label: 'Let R0 crash', actions: [{ kind: 'crash', replica: 0 }] },
      until: missed('pre-accept-ok', '0.1', 0),
      after: 'Four replicas hold 0.1. None of them can tell whether R0 has committed it.',
      lit: '0.1',
    },
    {
      title: 'Silence',
      text: 'Every half second each replica says that it lives. After two seconds without a word the others {suspect} R0. One of them begins a {recovery}, with a {ballot} above any before it.',
      until: sent('recover', '0.1'),
      after: 'It is R2 that asks all the others what they know of 0.1.',
      lit: '0.1',
    },
    {
      title: 'Three answers',
      text: 'Who answers also promises to refuse lower ballots: from now on R0 gets no new vote from them. R2 needs three of five, itself included.',
      question: {
        ask: 'All three hold 0.1 exactly as R0 had proposed it. What may R2 conclude?',
        choices: ['It was committed', 'It may have been committed fast', 'It was not committed'],
        right: 1,
        because:
          'With its own vote and those of any two of these R0 would have had the three of a fast commit. What may have been committed must be kept, unless something contradicts it.',
      },
      until: ruled('0.1', 'validate'),
      after:
        'The rule that fired is called validate: it may have been committed fast, so R2 asks whether anything speaks against that.',
      lit: '0.1',
    },
    {
      title: 'Nothing speaks against it',
      text: 'A command that interferes, and was committed without 0.1 among its dependencies, would prove that 0.1 was never fast. There is none.',
      until: executed('0.1', 1, 2, 3, 4),
      after:
        'The rule was unopposed: 0.1 stays as it was proposed, is accepted at R2’s ballot, committed and executed.',
      lit: '0.1',
    },
    {
      title: 'Another one, behind a cut',
      text: 'R0 comes back, and learns what has become of 0.1. Now the network breaks in two: R4 proposes, and only R3 hears of it.',
      hand: {
        label: 'Restart R0, cut off R3 and R4, propose at R4',
        actions: [
          { kind: 'restart', replica: 0 },
          {
            kind: 'cut',
            sides: [
              [0, 1, 2],
              [3, 4],
            ],
          },
          { kind: 'propose', replica: 4, name: 'b', spans: [write('k')] },
        ],
      },
      until: all(arrived('pre-accept', '4.1', 3), executed('0.1', 0)),
      after: 'Two votes, where three are needed: 4.1 is stuck.',
      lit: '4.1',
    },
    {
      title: 'Life goes on elsewhere',
      text: 'Then R4 loses power, too. On the other side of the cut R0 writes the same key; the three replicas there know nothing of 4.1.',
      hand: {
        label: 'Let R4 crash, propose at R0',
        actions: [
          { kind: 'crash', replica: 4 },
          { kind: 'propose', replica: 0, name: 'c', spans: [write('k')] },
        ],
      },
      until: committed('0.2', 0),
      after: '0.2 is committed fast, and 4.1 is not among its dependencies.',
      lit: '0.2',
    },
    {
      title: 'Something speaks against it',
      text: 'The network heals, and R3 recovers 4.1. Again it may have been fast, as far as the votes go. But those it asks have 0.2.',
      hand: { label: 'Heal the network', actions: [{ kind: 'heal' }] },
      until: all(ruled('4.1', 'opposed'), committed('4.1', 0, 1, 2, 3)),
      after:
        'The rule was opposed: 0.2 is committed without 4.1, so 4.1 can’t have been. It ends as a {no-op}, and nothing waits for it.',
      lit: '4.1',
    },
  ],
}
