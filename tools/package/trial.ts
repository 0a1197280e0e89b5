import type { Project } from './project.js'

/** One kind of program that people make, tried with the package as it would be published. */
export interface Trial {
  readonly name: string
  /** What it needs besides. */
  readonly packages: readonly string[]
  /** Runs in a project where all is installed. @throws Unexpected */
  run(project: Project): Promise<void>
}
