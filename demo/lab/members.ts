import type { AwsRegion, LabSession } from 'epaxos/sim'
import { button, element, named } from '../elements.js'
import { cities, cityNames, membersOf, proposers, replicaName } from '../run/words.js'
import { choiceOf, folding, grouped, labelled, offer, tick } from './controls.js'
import type { Desk, Panel } from './panel.js'

/** More voters than these are more than a group has. */
const MAX_VOTERS = 9

/** Newcomers, and who votes next. */
export class Members implements Panel {
  readonly root: HTMLElement
  readonly #city = choiceOf(cities.map((city) => [city, cityNames[city]]))
  readonly #cityField = labelled('City', this.#city)
  readonly #by = choiceOf([])
  readonly #seats = element('div', { className: 'lab-buttons' })
  readonly #seal: HTMLButtonElement
  #session: LabSession | undefined
  /** For whom there are boxes. */
  #seated = ''

  constructor(readonly desk: Desk) {
    const join = named(
      'join',
      button('A newcomer joins', () => this.#join()),
    )
    this.#seal = named(
      'seal',
      button('End this epoch', () => this.#end()),
    )
    this.root = folding(
      'Members',
      'never',
      element('p', {
        className: 'lead',
        textContent:
          'A newcomer is given the state and follows; it votes once an epoch has begun in which it is a voter.',
      }),
      this.#cityField,
      join,
      grouped('Who votes in the next epoch', this.#seats),
      labelled('Proposed by', this.#by),
      this.#seal,
    )
    this.#seats.addEventListener('change', () => this.#allow())
  }

  update(session: LabSession): void {
    this.#session = session
    this.#cityField.hidden = session.world.setup.net.kind === 'even'
    const members = membersOf(session)
    offer(
      this.#by,
      proposers(session).map(({ replica }) => [String(replica), replicaName(replica)] as const),
    )
    const seated = members.map(({ replica, role, state }) => `${replica}${role}${state === 'gone'}`).join()
    if (seated !== this.#seated) {
      this.#seated = seated
      this.#seats.replaceChildren(
        ...members.map(({ replica, role, state }) => {
          const { label, box } = tick(replicaName(replica), role === 'voter' && state !== 'gone')
          box.value = String(replica)
          box.disabled = role === 'joining' || state === 'gone'
          named(`seat-${replica}`, box)
          return label
        }),
      )
    }
    this.#allow()
  }

  get #chosen(): readonly number[] {
    const boxes = this.#seats.querySelectorAll<HTMLInputElement>('input:checked')
    return [...boxes].map(({ value }) => Number(value))
  }

  #allow(): void {
    const { length } = this.#chosen
    this.#seal.disabled = length === 0 || length > MAX_VOTERS || this.#by.value === ''
  }

  #join(): void {
    if (this.#session === undefined) return
    const { setup, chronicle, nowMs } = this.#session.world
    // Numbers go on from those of the members that there are at the moment that is looked at.
    const replica = chronicle.members(Math.min(nowMs, this.#session.positionMs)).length
    this.desk.act({
      kind: 'join',
      replica,
      city: setup.net.kind === 'even' ? undefined : (this.#city.value as AwsRegion),
    })
  }

  #end(): void {
    this.desk.act({ kind: 'seal', replica: Number(this.#by.value), voters: this.#chosen })
  }
}
