import type { Note } from './note.js'

/** The note as all have it. */
export interface SharedNote {
  /** As the map has it at this moment; undefined: it is gone. */
  readonly now: () => Note | undefined
  /** Resolves when it is executed, with whether the note was still there. */
  readonly change: (part: Partial<Note>) => Promise<boolean | undefined>
}

/**
 * A note as it is shown here: as the map has it, and on top of that what was done here and is not executed yet. One change
 * is under way at a time, and the next one is the newest.
 */
export class NoteDraft {
  readonly #shared: SharedNote
  readonly #changed: () => void
  #note: Note
  /** What was done here and is not executed yet. */
  #own: Partial<Note> = {}
  #sending = false

  /** @param changed called when what is to be shown is another than before, because of what was done here */
  constructor(note: Note, shared: SharedNote, changed: () => void) {
    this.#note = note
    this.#shared = shared
    this.#changed = changed
  }

  get note(): Note {
    return { ...this.#note, ...this.#own }
  }

  /** As the map has it now; what is done here meanwhile stays on top of it. */
  take(note: Note): void {
    this.#note = note
  }

  change(part: Partial<Note>): void {
    this.#own = { ...this.#own, ...part }
    this.#changed()
    void this.#send()
  }

  async #send(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    while (Object.keys(this.#own).length > 0) {
      const sent = this.#own
      await this.#shared.change(sent)
      // What could not be done is over as well: the map is right.
      if (sent === this.#own) this.#own = {}
    }
    this.#sending = false
    // The map is drawn a moment later: what is done until then goes on from here, and nothing jumps back meanwhile.
    this.#note = this.#shared.now() ?? this.#note
    this.#changed()
  }
}
