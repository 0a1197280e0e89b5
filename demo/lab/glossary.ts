import { element } from '../elements.js'
import { glossary } from '../run/glossary.js'
import { folding } from './controls.js'

/** What chapters say in words, and the Lab in signs. */
const SIGNS: Readonly<Record<string, string>> = {
  '{1,0,2}': 'Dependencies, a number per row: here 0.1 and 2.2, and all before them in their rows. {0,0,0} is nothing.',
  'b1.2': 'A ballot: the first attempt of R2 to recover an instance. b0 is that of the coordinator that proposed it.',
  seed: 'The number from which all chance of a run comes. The same seed and the same steps make the same run.',
  gossip: 'How far they have got, which replicas tell each other twice a second. It is also how they know who lives.',
}

/** What the words and signs of this page mean. */
export const words = (): HTMLElement => {
  const list = element('dl', { className: 'lab-glossary' })
  for (const [word, meaning] of Object.entries({ ...SIGNS, ...glossary })) {
    list.append(element('dt', { textContent: word }), element('dd', { textContent: meaning }))
  }
  return folding('Words', 'never', list)
}
