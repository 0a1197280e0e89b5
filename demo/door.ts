/** What is behind one of the page's doors, while it is open. */
export interface Door {
  /** Stops everything that it has started. Its place is emptied by the page. */
  close(): void
  /** Takes another fragment of its own without being opened anew; false: it is to be closed, and opened with that. */
  fragment?(fragment: string): boolean
}

/**
 * What a door's module exports.
 * @param place an empty element, for the door alone; its first heading, an `h1`, gets the focus when a visitor comes in
 * @param fragment what is behind the `#` of the address, as it stands there: `lab/…`, percent-encoded
 */
export type OpenDoor = (place: HTMLElement, fragment: string) => Door | Promise<Door>
