import type { Flight, LabAction, LabSession, MailName } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { inMs, replicaName } from '../run/words.js'
import { labelled, numberField, numberIn } from './controls.js'
import type { Desk } from './panel.js'

/** From the pointer, and from the window's edges. In CSS pixels. */
const GAP = 8

/** What can be done to one message on its way. */
export class FlightMenu {
  readonly #dialog = named('flight-menu', element('dialog', { className: 'lab-menu' }))
  readonly #title = element('h3')
  readonly #said = element('p', { className: 'lead' })
  readonly #byMs = named('flight-ms', numberField(200, 1, 10_000, 1))
  readonly #deeds: readonly HTMLButtonElement[]
  readonly #look: HTMLButtonElement
  #flight: Flight | undefined

  /** @param seek to a moment at which a message was under way */
  constructor(
    place: HTMLElement,
    desk: Desk,
    seek: (ms: number) => void,
    readonly closed: () => void,
  ) {
    const deed = (testid: string, text: string, actionFor: (mail: MailName) => LabAction): HTMLButtonElement =>
      named(
        testid,
        button(text, () => {
          const flight = this.#flight
          this.#dialog.close()
          if (flight !== undefined) desk.act(actionFor(mailOf(flight)))
        }),
      )
    this.#deeds = [
      deed('drop', 'Drop it', (mail) => ({ kind: 'drop', mail })),
      deed('deliver', 'Deliver it now, before others', (mail) => ({ kind: 'deliver', mail })),
      deed('delay', 'Delay it', (mail) => ({ kind: 'delay', mail, byMs: numberIn(this.#byMs) })),
      deed('repeat', 'Repeat it', (mail) => ({ kind: 'repeat', mail, byMs: numberIn(this.#byMs) })),
    ]
    this.#look = button('Back to when it was on its way', () => {
      const flight = this.#flight
      this.#dialog.close()
      if (flight !== undefined) seek((flight.sentMs + flight.endMs) / 2)
    })
    this.#dialog.append(
      this.#title,
      this.#said,
      element('div', { className: 'lab-buttons' }, ...this.#deeds, this.#look),
      labelled('Later by so many ms', this.#byMs),
      button('Leave it', () => this.#dialog.close()),
    )
    // What is clicked outside of it is its backdrop, which counts as itself.
    this.#dialog.addEventListener('click', ({ target }) => {
      if (target === this.#dialog) this.#dialog.close()
    })
    this.#dialog.addEventListener('close', () => this.closed())
    place.append(this.#dialog)
  }

  open(
    { world, positionMs }: LabSession,
    id: number,
    { clientX, clientY }: { clientX: number; clientY: number },
  ): void {
    const flight = world.chronicle.flights[id]
    if (flight === undefined || this.#dialog.open) return
    this.#flight = flight
    const title = `${flight.kind}${flight.instance === undefined ? '' : ` ${keyOf(flight.instance)}`}, ${replicaName(flight.from)} to ${replicaName(flight.to)}`
    setText(this.#title, title)
    this.#dialog.ariaLabel = title
    const isUnderWay = flight.sentMs <= positionMs && positionMs < flight.endMs
    const leftMs = inMs(flight.endMs - positionMs)
    const state = isUnderWay ? `on its way; ${leftMs} to go` : FATES[flight.fate]
    setText(this.#said, [flight.says, state].filter((each) => each !== '').join(' — '))
    for (const deed of this.#deeds) deed.disabled = !isUnderWay
    this.#byMs.disabled = !isUnderWay
    this.#look.hidden = isUnderWay
    this.#dialog.showModal()
    const { width, height } = this.#dialog.getBoundingClientRect()
    this.#dialog.style.left = `${Math.max(GAP, Math.min(clientX + GAP, innerWidth - width - GAP))}px`
    this.#dialog.style.top = `${Math.max(GAP, Math.min(clientY + GAP, innerHeight - height - GAP))}px`
  }

  destroy(): void {
    this.#dialog.remove()
  }
}

const FATES: Readonly<Record<Flight['fate'], string>> = {
  'under-way': 'it has not been sent yet',
  arrived: 'it has arrived',
  lost: 'it was lost',
  missed: 'its receiver was down',
}

const keyOf = ({ slot, number }: { readonly slot: number; readonly number: number }): string => `${slot}.${number}`

const mailOf = ({ kind, instance, from, to }: Flight): MailName => ({
  kind,
  ...(instance !== undefined && { of: instance }),
  from,
  to,
})
