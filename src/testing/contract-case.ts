/** One thing that every adapter of a contract has to do, for any test framework: `test(name, run)`. */
export interface ContractCase {
  /** A sentence. */
  readonly name: string
  /** Rejects with a `ContractBroken` where the adapter does otherwise, or with what the adapter itself has thrown. */
  readonly run: () => Promise<void>
}
