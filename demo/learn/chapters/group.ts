import { write } from 'epaxos/core'
import { type Chapter, three } from '../chapter.js'
import { all, committed, entered, executed, installed, passed } from '../until.js'

export const group: Chapter = {
  title: 'A group changes',
  teaser: 'How a fourth replica joins, and how the rules of the vote change for all at one point.',
  setup: three,
  windowMs: 700,
  beats: [
    {
      title: 'Epoch 0',
      text: 'R0, R1 and R2 are the {voter|voters} of this group. As long as they are the same, it is in one {epoch}: number 0, so far. Give it something to remember.',
      hand: {
        label: 'Propose at R0',
        actions: [{ kind: 'propose', replica: 0, name: 'a', spans: [write('k')] }],
      },
      until: executed('0.1', 0, 1, 2),
      lit: '0.1',
    },
    {
      title: 'Somebody comes',
      text: 'R3 joins. It gets a {snapshot} from one of the others, and then follows as an {observer}: it learns of every commit and has no vote.',
      hand: { label: 'Let R3 join', actions: [{ kind: 'join', replica: 3, city: undefined }] },
      until: all(installed(3), passed(1200)),
      after: 'R3 has the state, and tells the voters how far it has come. Nobody is made a voter before that.',
    },
    {
      title: 'The epoch is sealed',
      text: 'Who votes must be clear for every single command. So the change is itself a command: R0 proposes a {seal}, which interferes with everything and names the next voters.',
      hand: {
        label: 'Seal: R3 is to vote, too',
        actions: [{ kind: 'seal', replica: 0, voters: [0, 1, 2, 3] }],
      },
      until: committed('0.2', 0),
      after: 'It is agreed upon like any other command, by the voters of epoch 0.',
      lit: '0.2',
    },
    {
      title: 'All go over at the same point',
      text: 'Each replica executes the seal after all that it depends on. That is the end of epoch 0, at the same point of the order for everybody.',
      until: entered(1, 0, 1, 2, 3),
      after: 'All four are in epoch 1. Its rows are empty, and there are four of them.',
    },
    {
      title: 'The newcomer proposes',
      text: 'R3 is a voter like any other now, with a row of its own.',
      hand: {
        label: 'Propose at R3',
        actions: [{ kind: 'propose', replica: 3, name: 'b', spans: [write('k')] }],
      },
      question: {
        ask: 'How many of four must agree for the fast path?',
        choices: ['Two', 'Three', 'All four'],
        right: 1,
        because: 'Two would be half: the other half could decide otherwise. Three of four is the least that is safe.',
      },
      until: executed('3.1', 0, 1, 2, 3),
      after: 'Agreed upon by the rules of four, and executed after all of epoch 0.',
      lit: '3.1',
    },
  ],
}
