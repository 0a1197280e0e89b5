import type { LabAction, LabSession } from 'epaxos/sim'

/** What the parts of the page can ask of it. */
export interface Desk {
  /** Does these, one after the other, at the moment that is looked at. Says why where one is refused, and stops there. */
  act(...actions: readonly LabAction[]): void
  /** Lights an instance, '1.4', wherever it is drawn; undefined: none. */
  light(key: string | undefined): void
  /** Tells the visitor something. */
  say(text: string): void
}

/** A part of the page that shows something of the moment that is looked at. */
export interface Panel {
  readonly root: HTMLElement
  update(session: LabSession): void
  destroy?(): void
}
