/** Commands executed between two checkpoints, at least: to execute so many again, at the next start, takes some 20 ms. */
export const CHECKPOINT_COMMANDS = 2000

/**
 * A large state is written down as rarely as makes it cost each command no more than this, about what the command's
 * own records take. Executing again what came after it takes no longer than reading so large a state.
 */
const CHECKPOINT_BYTES_PER_COMMAND = 256

export interface CheckpointPorts {
  /** The state, in chunks, right after all that has been executed so far. */
  readonly snapshot: () => readonly Uint8Array[]
  /** Writes it down, with what has been executed; resolves when that is durable. */
  readonly write: (chunks: readonly Uint8Array[]) => Promise<void>
  readonly failed: (cause: unknown) => void
}

/** When a member writes its state down: one checkpoint at a time, and not too often. */
export class Checkpoints {
  readonly #ports: CheckpointPorts
  #executed = 0
  #due = CHECKPOINT_COMMANDS
  #underWay = false

  constructor(ports: CheckpointPorts) {
    this.#ports = ports
  }

  executed(commands: number): void {
    this.#executed += commands
  }

  /**
   * Writes one if it is due. To be called when the replica has nothing left to hand out. Then the records of all that
   * was executed, no-ops included, were given to the storage before the checkpoint is; and writes become durable in
   * the order of the calls. So no crash leaves a checkpoint whose executed set covers a commit that its records lack.
   */
  look(): void {
    if (this.#underWay || this.#executed < this.#due) return
    this.#executed = 0
    this.#underWay = true
    const chunks = this.#ports.snapshot()
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
    this.#due = Math.max(CHECKPOINT_COMMANDS, bytes / CHECKPOINT_BYTES_PER_COMMAND)
    this.#ports.write(chunks).then(
      () => {
        this.#underWay = false
      },
      (cause: unknown) => this.#ports.failed(cause),
    )
  }
}
