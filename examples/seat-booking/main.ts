import { enter } from '../enter.js'
import { sentenceOf } from '../sentence.js'
import { visitor } from '../visitor.js'
import { keyOf, ROWS, SEATS_PER_ROW, seats } from './state.js'

const me = await visitor()
const room = await enter(seats, me)
room.presence.set({ name: me })

const place = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (found === null) throw new TypeError(`index.html has no #${id}`)
  return found
}

/** Only what changes is written: a screen reader reads it out. */
const write = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

/** The newest first, and no more than people read. */
const say = (text: string, outcome: 'done' | 'refused'): void => {
  const line = document.createElement('p')
  line.textContent = text
  line.dataset.outcome = outcome
  const outcomes = place('outcomes')
  outcomes.prepend(line)
  outcomes.children[4]?.remove()
}

const claim = async (seat: string): Promise<void> => {
  const result = await room.mutate.claim({ seat })
  if (result.ok) say(`${seat} is yours.`, 'done')
  else if (result.reason === 'taken') say(`${seat} is not yours: ${result.by} was first.`, 'refused')
  else say(`There is no seat ${seat}.`, 'refused')
}

const giveBack = async (seat: string): Promise<void> => {
  const result = await room.mutate.giveBack({ seat })
  if (result.ok) say(`${seat} is free again.`, 'done')
  else say(`${seat} is not yours to give back.`, 'refused')
}

/** Nothing was proposed, or nobody can tell: the page says why, and goes on. */
const failed = (error: unknown): void => say(error instanceof Error ? error.message : String(error), 'refused')

const buttons = new Map<string, HTMLButtonElement>()
for (const name of ROWS) {
  const row = document.createElement('div')
  row.className = 'row'
  for (let number = 1; number <= SEATS_PER_ROW; number++) {
    const seat = `${name}${number}`
    const button = document.createElement('button')
    button.type = 'button'
    button.innerHTML = `<span>${seat}</span> <span></span>`
    button.addEventListener('click', () => {
      const mine = room.state.get().get(keyOf(seat)) === me
      void (mine ? giveBack(seat) : claim(seat)).catch(failed)
    })
    row.append(button)
    buttons.set(seat, button)
  }
  place('hall').append(row)
}

const drawSeats = (): void => {
  // A click shows here at once, and may still be refused …
  const shown = room.state.get()
  // … and what has been executed is for good.
  const settled = room.executed.get()
  for (const [seat, button] of buttons) {
    const by = shown.get<string>(keyOf(seat))
    const held = by === undefined ? 'free' : by === me ? 'mine' : 'taken'
    button.dataset.held = held
    button.dataset.settled = String(settled.get(keyOf(seat)) === by)
    button.ariaPressed = String(held === 'mine')
    const holder = button.lastElementChild
    if (holder !== null) write(holder, held === 'mine' ? 'yours' : (by ?? 'free'))
  }
}

/** How what a tab of this member does comes here. */
const pathFrom = (member: string): string => {
  if (member === room.id) return 'in this browser'
  const peer = room.status.get().link.peers.find(({ replica }) => replica === member)
  return peer?.kind === 'webrtc' ? 'directly' : 'by the relay'
}

const drawPeople = (): void => {
  const lines = room.presence.get().map(({ member, self, value }) => {
    const line = document.createElement('li')
    // It comes from other people's browsers: it may be anything.
    const name = String((value as { readonly name?: unknown } | null)?.name ?? 'somebody')
    line.textContent = self ? `${name} (you)` : `${name}, ${pathFrom(member)}`
    return line
  })
  place('people').replaceChildren(...lines)
}

const drawStatus = (): void => {
  write(place('status'), sentenceOf(room.status.get()))
  drawPeople()
}

room.state.subscribe(drawSeats)
room.executed.subscribe(drawSeats)
room.status.subscribe(drawStatus)
room.presence.subscribe(drawPeople)
drawSeats()
drawStatus()
