import type { Door, OpenDoor } from '../door.js'
import { element } from '../elements.js'
import { plain } from '../run/prose.js'
import type { Exhibit } from './exhibit.js'
import { ExhibitPage } from './exhibit-page.js'
import { exhibits } from './exhibits.js'
import './museum.css'
import { runBoth } from './runs.js'

export const open: OpenDoor = async (place, fragment): Promise<Door> => {
  place.className = 'museum'
  const id = fragment.replace(/^museum\/?/, '')
  const exhibit = exhibits.find((each) => each.id === id)
  if (exhibit === undefined) {
    place.replaceChildren(hall())
    return { close: () => {} }
  }
  const { Replica } = await exhibit.core()
  const page = new ExhibitPage(exhibit, runBoth(exhibit, Replica), after(exhibit))
  place.replaceChildren(page.root)
  return { close: () => page.close() }
}

/** Who has seen the last one is at the first again. */
const after = (exhibit: Exhibit): Exhibit => exhibits[exhibits.indexOf(exhibit) + 1] ?? exhibits[0] ?? exhibit

const hall = (): HTMLElement =>
  element(
    'section',
    { className: 'museum-hall' },
    element('h1', { textContent: 'A museum of bugs' }),
    element('p', {
      className: 'lead',
      textContent:
        'Each of these has one rule of the protocol off. Two runs go side by side through the same events: the library as it is, and a copy of it without that rule.',
    }),
    element('ul', {}, ...exhibits.map(card)),
  )

const card = ({ id, title, rule }: Exhibit): HTMLElement =>
  element(
    'li',
    {},
    element('a', { href: `#museum/${id}`, textContent: title }),
    element('p', { textContent: `Off: ${rule.charAt(0).toLowerCase()}${plain(rule).slice(1)}` }),
  )
