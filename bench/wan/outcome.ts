import type { Led } from './leader.js'
import type { Scene } from './scenes.js'
import type { Summary } from './summary.js'

/** What came of a scene. */
export interface Outcome {
  readonly scene: Scene
  /** For each share of interference, in the scene's order: the runs of all seeds. */
  readonly runs: readonly { readonly interference: number; readonly summaries: readonly Summary[] }[]
  /** Multi-Paxos: the runs of all seeds. */
  readonly led: readonly Led[]
}
