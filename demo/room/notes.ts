import type { ReplicatedMap, Room } from 'epaxos'
import { button, element, named, setText } from '../elements.js'
import { changeNote, NOTES, type Note, newNoteKey, noteOf } from './note.js'
import { NoteView } from './note-view.js'
import type { People } from './people.js'
import { colourFor, type Person } from './person.js'
import { Stage } from './stage.js'

/** More than find room. */
const MAX_NOTES = 60

/** A board of sticky notes, and whose pointers are on it. */
export class Notes {
  readonly #room: Room<ReplicatedMap>
  readonly #people: People
  readonly #board = named('notes', element('ul', { className: 'room-notes', ariaLabel: 'Notes' }))
  readonly #pointers = element('div', { className: 'room-pointers', ariaHidden: 'true' })
  readonly #count = element('p', { className: 'lead' })
  readonly #output = element('p', { className: 'room-stage', role: 'status' })
  readonly #stage = new Stage(this.#output)
  readonly #views = new Map<string, NoteView>()
  readonly element: HTMLElement
  /** A note that was just added: it gets the focus when it is there. */
  #added: string | undefined
  /** The people that are drawn, on the notes that there are. */
  #drawn: readonly Person[] | undefined

  constructor(room: Room<ReplicatedMap>, people: People) {
    this.#room = room
    this.#people = people
    const add = button('Add a note', () => this.#add())
    this.#board.addEventListener('pointermove', ({ clientX, clientY }) => {
      const { left, top, width, height } = this.#board.getBoundingClientRect()
      people.pointTo({ x: part((clientX - left) / width), y: part((clientY - top) / height) })
    })
    this.#board.addEventListener('pointerleave', () => people.pointTo(undefined))
    this.element = element(
      'section',
      { className: 'room-card room-notes-card' },
      element('h2', { textContent: 'Notes' }),
      element('p', {
        className: 'lead',
        textContent:
          'Write, and drag a note by its handle, or move it with the arrow keys. Others see it as you do it.',
      }),
      element('p', { className: 'choices' }, named('add-note', add), this.#count),
      element('div', { className: 'room-surface' }, this.#board, this.#pointers),
      this.#output,
    )
  }

  draw(): void {
    const notes = new Map<string, Note>()
    let more = 0
    for (const [key, value] of this.#room.state.get().scan(NOTES)) {
      const note = noteOf(key, value)
      if (note === undefined) continue
      if (notes.size < MAX_NOTES) notes.set(key, note)
      else more++
    }
    for (const [key, view] of this.#views) {
      if (notes.has(key)) continue
      if (view.held) this.element.querySelector('button')?.focus()
      view.element.remove()
      this.#views.delete(key)
    }
    for (const [key, note] of notes) this.#viewOf(key, note).show(note)
    const full = `${more} more find no room: delete some to see them.`
    setText(this.#count, notes.size === 0 ? 'There is none yet.' : more === 0 ? '' : full)
    if (this.#added !== undefined && notes.has(this.#added)) {
      this.#views.get(this.#added)?.focus()
      this.#added = undefined
    }
    this.#drawn = undefined
  }

  drawPeople(): void {
    if (this.#people.all === this.#drawn) return
    this.#drawn = this.#people.all
    const others = this.#people.all.filter(({ self }) => !self)
    for (const [key, view] of this.#views) view.showLooking(others.filter(({ at }) => at === key))
    while (this.#pointers.childElementCount > others.length) this.#pointers.lastElementChild?.remove()
    for (const [index, { name, colour, pointer }] of others.entries()) {
      const mark =
        this.#pointers.children[index] ?? this.#pointers.appendChild(element('span', { className: 'room-pointer' }))
      if (!(mark instanceof HTMLElement)) continue
      mark.hidden = pointer === undefined
      mark.dataset.colour = String(colour)
      setText(mark, name)
      mark.style.setProperty('--x', String(pointer?.x ?? 0))
      mark.style.setProperty('--y', String(pointer?.y ?? 0))
    }
  }

  #viewOf(key: string, note: Note): NoteView {
    const known = this.#views.get(key)
    if (known !== undefined) return known
    const view = new NoteView(key, note, {
      now: () => noteOf(key, this.#room.state.get().get(key)),
      change: (part) =>
        this.#stage.follow(
          () => changeNote(this.#room, key, part),
          (there) => (there ? ['executed', 'changed for all'] : ['refused', 'somebody else has deleted that note']),
        ),
      remove: () => this.#remove(key),
      look: (looking) => this.#people.lookAt(looking ? key : undefined),
    })
    this.#views.set(key, view)
    this.#board.append(view.element)
    return view
  }

  #add(): void {
    const key = newNoteKey()
    this.#added = key
    const place = (): number => Math.round(Math.random() * 100)
    const note: Note = { text: '', x: place(), y: place(), colour: colourFor(this.#room.id) }
    void this.#stage.follow(
      () => this.#room.mutate.set({ key, value: { ...note } }),
      () => ['executed', 'added'],
    )
  }

  #remove(key: string): void {
    void this.#stage.follow(
      () => this.#room.mutate.delete({ key }),
      (there) => (there ? ['executed', 'deleted'] : ['refused', 'somebody else has deleted it']),
    )
  }
}

/** Three decimals are finer than anybody can point. */
const part = (value: number): number => Math.round(1000 * Math.min(1, Math.max(0, value))) / 1000
