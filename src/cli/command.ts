/** What a command needs of its process. */
export interface CliIo {
  out(line: string): void
  /** For errors, and for the log. */
  err(line: string): void
  /** Resolves when the process is asked to stop. */
  stop(): Promise<void>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** One of the program's commands. */
export interface Command {
  readonly name: string
  /** For the list of commands. */
  readonly summary: string
  /** For its own `--help`, beginning with `usage: epaxos …`. */
  readonly usage: string
  /**
   * Runs it to its end, with the arguments after its name.
   *
   * @returns the exit code
   * @throws what the caller can change: told with the usage, and exit code 2
   */
  run(argv: readonly string[], io: CliIo): Promise<number>
}
