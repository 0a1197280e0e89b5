import type { OpenDoor } from '../door.js'
import { element } from '../elements.js'
import './front.css'

interface Sign {
  readonly fragment: string
  readonly name: string
  readonly text: string
}

const SIGNS: readonly Sign[] = [
  {
    fragment: 'learn',
    name: 'Learn',
    text: 'Six short chapters, from one change to a computer that dies half way. You press the buttons.',
  },
  {
    fragment: 'lab',
    name: 'Lab',
    text: 'Build your own run: lose messages, cut wires, pull plugs, go back in time and do otherwise.',
  },
  {
    fragment: 'room',
    name: 'Room',
    text: 'Use it for real: a board for a few people, kept the same by their browsers alone.',
  },
]

export const open: OpenDoor = (place) => {
  const picture = element('div', { className: 'front-picture' })
  const words = element(
    'div',
    { className: 'front-words' },
    element('h1', { textContent: 'Agreeing without a leader' }),
    element('p', {
      textContent:
        'Several computers keep one thing the same: a seat map, a document, an account. Usually one of them leads. It puts all changes in order, everybody waits for it, and everything stands still when it fails.',
    }),
    element('p', {
      textContent:
        'Here nobody leads. Whoever wants to change something asks the others whether anything is in the way. If not, it is done after one round of messages. If so, one more round at most settles the order, and it is the same everywhere. It is called Egalitarian Paxos; this is a library for it, to look at, to break, and to use.',
    }),
  )
  const doors = element(
    'div',
    { className: 'front-doors' },
    element('ul', {}, ...SIGNS.map(doorOf)),
    element(
      'p',
      { className: 'lead' },
      'And a ',
      element('a', { href: '#museum', textContent: 'museum of bugs' }),
      ': what happens without one rule or another.',
    ),
  )
  place.className = 'front'
  place.append(words, doors, picture)
  let ended = false
  let stop = (): void => {}
  // The words are there first: the picture is a whole simulator.
  void import('./living.js').then(
    ({ Living }) => {
      if (ended) return
      const living = new Living()
      stop = () => living.close()
      picture.append(living.element)
    },
    () => {
      picture.append(
        element('p', { className: 'lead', textContent: 'There would be a picture here, which did not load.' }),
      )
    },
  )
  return {
    close: () => {
      ended = true
      stop()
    },
  }
}

const doorOf = ({ fragment, name, text }: Sign): HTMLElement =>
  element(
    'li',
    {},
    element(
      'a',
      { href: `#${fragment}` },
      element('strong', { textContent: name }),
      element('span', { textContent: text }),
    ),
  )
