import { write } from 'epaxos/core'
import { type Chapter, three } from '../chapter.js'
import { all, arrived, committed, executed, sent } from '../until.js'

export const cycle: Chapter = {
  title: 'A cycle of commands',
  teaser: 'Three commands that wait for each other, and how they are executed all the same.',
  setup: three,
  windowMs: 520,
  beats: [
    {
      title: 'Three at once',
      text: 'All three replicas are asked to write k at the same moment. All three commands {interfere} with each other.',
      hand: {
        label: 'Propose at all three',
        actions: [
          { kind: 'propose', replica: 2, name: 'c', spans: [write('k')] },
          { kind: 'propose', replica: 1, name: 'b', spans: [write('k')] },
          { kind: 'propose', replica: 0, name: 'a', spans: [write('k')] },
        ],
      },
      until: all(
        arrived('pre-accept', '0.1', 1, 2),
        arrived('pre-accept', '1.1', 0, 2),
        arrived('pre-accept', '2.1', 0, 1),
      ),
      after: 'Whoever is asked holds a command of its own by now, and says so.',
    },
    {
      title: 'Each is told of the others',
      text: 'The first answer tells R0 of 1.1 and of 2.1. It is much the same with the others: the first answer does not equal what was proposed, and all take the {slow path} without waiting for another one.',
      until: all(sent('accept', '0.1'), sent('accept', '1.1'), sent('accept', '2.1')),
      after: '0.1 waits for 1.1 and 2.1, 1.1 for 0.1 and 2.1, and 2.1 for 0.1: a {cycle}.',
      lit: '0.1',
    },
    {
      title: 'More of the same',
      text: 'Were R0 to propose on, the cycle might grow for ever. So what interferes with an own command still open waits.',
      hand: {
        label: 'Propose twice more at R0',
        actions: [
          { kind: 'propose', replica: 0, name: 'd', spans: [write('k')] },
          { kind: 'propose', replica: 0, name: 'e', spans: [write('k')] },
        ],
      },
      question: {
        ask: '0.1, 1.1 and 2.1 wait for each other. Which goes first?',
        choices: [
          'None: they wait for ever',
          'The one that is committed first',
          'The lowest number, then the lowest row',
        ],
        right: 2,
        because:
          'A cycle is executed as one, in an order that needs no further word between the replicas: by number, then by row.',
      },
      until: all(committed('0.1', 0), committed('1.1', 1), committed('2.1', 2)),
      after: 'All three are committed by their coordinators. d and e have no number yet.',
      lit: '0.1',
    },
    {
      title: 'The cycle runs as one',
      text: 'Once a replica has all three commits, it sees the {component}: what depends on each other is executed together, the lowest number first, then the lowest row.',
      until: all(executed('0.1', 0, 1, 2), executed('1.1', 0, 1, 2), executed('2.1', 0, 1, 2)),
      after: '0.1, 1.1, 2.1, at all three replicas, in whatever order the commits arrived.',
      lit: '2.1',
    },
    {
      title: 'What has waited goes together',
      text: 'With 0.1 executed, d and e leave as one: a single instance, 0.2, for both.',
      until: executed('0.2', 0, 1, 2),
      after: 'Fast, for nobody else proposes now. The busier a key is, the more commands share an instance.',
      lit: '0.2',
    },
  ],
}
