/** Commands executed between two checkpoints, at least: to execute so many again, at the next start, takes some 20 ms. */
export const CHECKPOINT_COMMANDS = 2000

/**
 * A large state is written down as rarely as makes it cost each command no more than this, about what the command's
 * own records take. Executing again what came after it takes no longer than reading so large a state.
 */
const CHECKPOINT_BYTES_PER_COMMAND = 256

/** Bytes logged between two checkpoints, at most, of few but large commands: what the next start reads in some 100 ms. */
export const CHECKPOINT_LOGGED_BYTES: number = 8 << 20

/**
 * Who doesn't vote writes no records: what it has executed since the last checkpoint it has forgotten when it starts again,
 * and where nobody is there then, people miss it. So one follows soon, …
 */
const UNRECORDED_MS = 1000
/** … but of a large state not so soon that the disk is kept busy. */
const UNRECORDED_BYTES_PER_MS = 100

/** When a member writes its state down: not too often, and not so rarely that its log grows long. */
export class Checkpoints {
  readonly #after: number
  #executed = 0
  #logged = 0
  /** Of the last one. */
  #bytes = 0

  /** @param after commands executed between two, at least; tests take few */
  constructor(after: number = CHECKPOINT_COMMANDS) {
    this.#after = after
  }

  /** Records of that many bytes were handed out to be written, and that many commands executed. */
  progressed(bytes: number, commands: number): void {
    this.#logged += bytes
    this.#executed += commands
  }

  /** Whether one is worth while. A log as long as the state is reason enough, where it is long at all. */
  get due(): boolean {
    return (
      this.#executed >= Math.max(this.#after, this.#bytes / CHECKPOINT_BYTES_PER_COMMAND) ||
      (this.#executed > 0 && this.#logged >= Math.max(CHECKPOINT_LOGGED_BYTES, this.#bytes))
    )
  }

  /** The same for one that has no records to execute again. @param sinceMs the last one began, so long ago */
  dueUnrecorded(sinceMs: number): boolean {
    return this.#executed > 0 && sinceMs >= Math.max(UNRECORDED_MS, this.#bytes / UNRECORDED_BYTES_PER_MS)
  }

  /** One begins, of all that was executed so far. */
  begun(): void {
    this.#executed = 0
    this.#logged = 0
  }

  /** One has come to be of that many bytes. */
  made(bytes: number): void {
    this.#bytes = bytes
  }
}
