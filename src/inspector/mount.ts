import type { Diagnosis, Room } from '../room/index.js'
import { drawGrid, type Grid, MAX_COLUMNS } from '../view/index.js'
import { Pace } from './pace.js'
import { made, Panel } from './panel.js'
import { INSPECTOR_CSS } from './style.js'
import { healthInWords, healthOf, noTraceOf } from './words.js'

/** As much of a `Room` as is looked at: any room will do. */
export type InspectedRoom = Pick<Room, 'id' | 'status' | 'trace' | 'diagnose'>

export interface InspectorOptions {
  /** Where it is put, below what is there. Default: in a corner of the page, above everything. */
  readonly parent?: Element
  /** Whether all is shown from the beginning, and not only the button. Default: where there is a parent. */
  readonly open?: boolean
}

export interface Inspector {
  /** Takes it out of the page, and listens no more. The room goes on. Idempotent. */
  close(): void
}

/** How long ago somebody was heard of changes without the room having anything to tell. */
const DIAGNOSE_MS = 1000

/**
 * Shows what a room does, to who develops with it: role, epoch, quorum, members and how they are reached, what is wrong, and
 * the instances with their dependencies. It only looks. It lives in a shadow root, needs no style sheet of the page and
 * disturbs none, and draws at most ten times a second, nothing while the page is hidden. Call it in a browser, once the
 * page has a body.
 */
export const mountInspector = (room: InspectedRoom, options: InspectorOptions = {}): Inspector =>
  new MountedInspector(room, options)

class MountedInspector implements Inspector {
  readonly #room: InspectedRoom
  readonly #host = made('div')
  readonly #button = made('button')
  readonly #says = made('span')
  readonly #body = made('div', 'panel')
  readonly #panel = new Panel()
  readonly #why = made('p', 'why')
  readonly #place = made('div', 'grid')
  readonly #pace = new Pace(() => this.#draw())
  readonly #forget: () => void
  #grid: Grid | undefined
  /** Of the grid: the instances of another one are others. */
  #epoch: number | undefined
  #timer: ReturnType<typeof setInterval> | undefined
  #diagnosis: Diagnosis | undefined
  #open: boolean

  constructor(room: InspectedRoom, { parent, open = parent !== undefined }: InspectorOptions) {
    this.#room = room
    this.#open = open
    const root = this.#host.attachShadow({ mode: 'open' })
    // Constructed: a page's content security policy may forbid style elements.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(INSPECTOR_CSS)
    root.adoptedStyleSheets = [sheet]
    this.#button.type = 'button'
    const lamp = made('span', 'lamp')
    lamp.ariaHidden = 'true'
    this.#button.append(lamp, this.#says)
    this.#button.addEventListener('click', () => this.#toggle(!this.#open))
    this.#body.append(this.#panel.element, this.#why, this.#place)
    const frame = made('section', parent === undefined ? 'inspector corner' : 'inspector')
    frame.ariaLabel = 'epaxos inspector'
    frame.append(this.#button, this.#body)
    frame.addEventListener('keydown', (event) => this.#pressed(event))
    root.append(frame)
    const target = parent ?? document.body
    target.append(this.#host)
    this.#forget = room.status.subscribe(() => this.#pace.ask())
    this.#toggle(open)
  }

  close(): void {
    this.#forget()
    this.#pace.stop()
    clearInterval(this.#timer)
    this.#grid?.destroy()
    this.#grid = undefined
    this.#host.remove()
  }

  #toggle(open: boolean): void {
    this.#open = open
    this.#body.hidden = !open
    this.#button.ariaExpanded = String(open)
    clearInterval(this.#timer)
    if (open) {
      this.#timer = setInterval(() => this.#diagnose(), DIAGNOSE_MS)
      this.#diagnose()
    } else {
      this.#grid?.destroy()
      this.#grid = undefined
    }
    this.#pace.ask()
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#open || event.defaultPrevented) return
    this.#toggle(false)
    this.#button.focus()
  }

  #diagnose(): void {
    if (document.hidden) return
    this.#room.diagnose().then(
      (diagnosis) => {
        this.#diagnosis = diagnosis
        this.#pace.ask()
      },
      // A room that has ended has nothing more to tell, and its status says so.
      () => {},
    )
  }

  #draw(): void {
    if (!this.#host.isConnected) return
    const status = this.#room.status.get()
    this.#button.dataset.health = healthOf(status)
    const says = `epaxos: ${healthInWords(status)}`
    if (this.#says.textContent !== says) this.#says.textContent = says
    if (!this.#open) return
    this.#panel.draw(status, this.#diagnosis)
    const why = noTraceOf(status)
    this.#why.hidden = why === undefined
    this.#why.textContent = why ?? ''
    if (why !== undefined || this.#epoch !== status.epoch) {
      this.#grid?.destroy()
      this.#grid = undefined
      this.#epoch = status.epoch
    }
    if (why !== undefined) return
    const content = { rows: this.#room.trace(MAX_COLUMNS), voters: status.voters, self: status.id }
    if (this.#grid === undefined) this.#grid = drawGrid(this.#place, content)
    else this.#grid.update(content)
  }
}
