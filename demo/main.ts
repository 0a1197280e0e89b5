import type { Door, OpenDoor } from './door.js'
import { button, byId, element } from './elements.js'

interface Entrance {
  /** Of the browser's window, before the name of the project. */
  readonly title: string
  readonly load: () => Promise<{ readonly open: OpenDoor }>
}

// Each in a file of its own, loaded when it is opened first.
const FRONT: Entrance = { title: '', load: () => import('./front/door.js') }
const ROOM: Entrance = { title: 'Room', load: () => import('./room/door.js') }
const ENTRANCES: ReadonlyMap<string, Entrance> = new Map([
  ['', FRONT],
  ['front', FRONT],
  ['learn', { title: 'Learn', load: () => import('./learn/door.js') }],
  ['lab', { title: 'Lab', load: () => import('./lab/door.js') }],
  ['museum', { title: 'Museum', load: () => import('./museum/door.js') }],
])

const main = byId('main', HTMLElement)
const links = [...document.querySelectorAll<HTMLAnchorElement>('nav a')]
let open: { readonly entrance: Entrance; readonly door: Door } | undefined
/** Counts the ways through doors: what an earlier one still waits for is no longer wanted. */
let turn = 0

const fragmentNow = (): string => location.hash.slice(1)

/** Everything that is no door's name is an invite, or is told by the Room to be none. */
const entranceOf = (fragment: string): Entrance => ENTRANCES.get(fragment.split('/', 1)[0] ?? '') ?? ROOM

const go = async (fragment: string): Promise<void> => {
  const mine = ++turn
  const entrance = entranceOf(fragment)
  mark(entrance)
  main.ariaBusy = null
  if (open?.entrance === entrance && open.door.fragment?.(fragment) === true) return
  const place = element('div')
  main.ariaBusy = 'true'
  try {
    const module = await entrance.load()
    if (mine !== turn) return
    open?.door.close()
    open = undefined
    main.replaceChildren(place)
    const door = await module.open(place, fragment)
    if (mine !== turn) door.close()
    else open = { entrance, door }
  } catch (error) {
    if (mine !== turn) return
    open?.door.close()
    open = undefined
    main.replaceChildren(notLoaded(error))
  }
  if (mine === turn) main.ariaBusy = null
}

const mark = (entrance: Entrance): void => {
  document.title = entrance.title === '' ? 'epaxos: agreement without a leader' : `${entrance.title} · epaxos`
  for (const link of links) {
    const current = entranceOf(link.hash.slice(1)) === entrance
    link.ariaCurrent = current ? 'page' : null
  }
}

const notLoaded = (error: unknown): HTMLElement =>
  element(
    'div',
    { className: 'trouble', role: 'alert' },
    element('h1', { textContent: 'This part of the page did not load' }),
    element('p', { textContent: error instanceof Error ? error.message : String(error) }),
    element('p', { textContent: 'The connection may be gone, or the page be newer than what is open here.' }),
    button('Load the page again', () => location.reload()),
  )

/** Whoever goes through a door with a keyboard, or hears the page, is to arrive there. */
const arrive = (): void => {
  const heading = main.querySelector('h1') ?? main
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
  scrollTo(0, 0)
}

addEventListener('hashchange', async () => {
  const before = open
  await go(fragmentNow())
  if (open !== before) arrive()
})

// Its target is no door: the address stays as it is.
byId('skip', HTMLAnchorElement).addEventListener('click', (event) => {
  event.preventDefault()
  arrive()
})

void go(fragmentNow())
