import type { LabSession, MemberView } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { cityNames, membersOf, replicaName, stateWords } from '../run/words.js'
import { folding } from './controls.js'
import type { Desk, Panel } from './panel.js'

type Fault = 'crash' | 'restart' | 'wipe' | 'hide' | 'show'

/** What can happen to each replica. */
export class Faults implements Panel {
  readonly root: HTMLElement
  readonly #list = element('ul', { className: 'lab-members', ariaLabel: 'Replicas' })
  readonly #rows: Row[] = []

  constructor(readonly desk: Desk) {
    const lead = element('p', {
      className: 'lead',
      textContent:
        'A crash takes what is in memory. A replica that loses its disk never comes back. In a hidden tab timers run once a second.',
    })
    this.root = folding('Faults', 'beside', lead, this.#list)
  }

  update(session: LabSession): void {
    const members = membersOf(session)
    for (const row of this.#rows.splice(members.length)) row.element.remove()
    for (const [at, member] of members.entries()) {
      let row = this.#rows[at]
      if (row === undefined) {
        row = new Row(member.replica, this.desk)
        this.#rows.push(row)
        this.#list.append(row.element)
      }
      row.update(member)
    }
  }
}

class Row {
  readonly element: HTMLLIElement = element('li')
  readonly #said = element('span', { className: 'lab-member-said' })
  readonly #power: HTMLButtonElement
  readonly #wipe: HTMLButtonElement
  readonly #tab: HTMLButtonElement
  #state: MemberView['state'] = 'up'

  constructor(
    readonly replica: number,
    desk: Desk,
  ) {
    const act = (kind: Fault): void => desk.act({ kind, replica })
    this.#power = named(
      `power-${replica}`,
      button('Crash', () => act(canRestart(this.#state) ? 'restart' : 'crash')),
    )
    this.#wipe = named(
      `wipe-${replica}`,
      button('Lose disk', () => act('wipe')),
    )
    this.#tab = named(
      `tab-${replica}`,
      button('Hide tab', () => act(this.#state === 'hidden' ? 'show' : 'hide')),
    )
    this.element.dataset.testid = `member-${replica}`
    this.element.append(
      element('strong', { textContent: replicaName(replica) }),
      this.#said,
      element('span', { className: 'lab-buttons' }, this.#power, this.#wipe, this.#tab),
    )
  }

  update({ state, role, city, executed }: MemberView): void {
    this.#state = state
    this.element.dataset.state = state
    this.element.dataset.role = role
    this.element.dataset.executed = String(executed)
    const place = city === undefined ? '' : `${cityNames[city]}, `
    setText(this.#said, `${place}${stateWords[state]}; ${role}; ${executed} executed`)
    const runs = state === 'up' || state === 'hidden'
    this.#label(this.#power, canRestart(state) ? 'Restart' : 'Crash', state === 'gone')
    this.#label(this.#wipe, 'Lose disk', !runs)
    this.#label(this.#tab, state === 'hidden' ? 'Show tab' : 'Hide tab', !runs)
  }

  #label(control: HTMLButtonElement, text: string, disabled: boolean): void {
    setText(control, text)
    control.ariaLabel = `${text}: ${replicaName(this.replica)}`
    control.disabled = disabled
  }
}

const canRestart = (state: MemberView['state']): boolean => state === 'down' || state === 'stopped'
