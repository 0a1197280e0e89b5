import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../entries.js'
import { Project, Unexpected } from './project.js'

/**
 * What npm may say: of this machine's configuration, which is none of ours; and, from version 11 on, that somebody's install
 * script was not run. The one there is builds a native decoder that the package does without.
 */
const ALLOWED_WARNINGS = [/^npm warn Unknown \w+ config/, /^npm warn install-scripts/]

const { devDependencies }: { readonly devDependencies: Readonly<Record<string, string>> } = JSON.parse(
  await readFile(`${root}package.json`, 'utf8'),
)

/** A folder where the package is installed, with projects in it that use it. */
export class Home {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Installs the package, and those of our own development packages that such projects have, in the same version. */
  async install(tarball: string, others: readonly string[]): Promise<void> {
    const home = new Project(this.#folder, this.#folder)
    await home.write('package.json', JSON.stringify({ name: 'fresh', private: true, type: 'module' }))
    const named = others.map((name) => `${name}@${devDependencies[name]}`)
    const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, ...named]
    const { stderr } = await home.execute('npm', args)
    const warnings = stderr.split('\n').filter((line) => !ALLOWED_WARNINGS.some((allowed) => allowed.test(line)))
    if (warnings.join('').trim() !== '') throw new Unexpected(`npm install says:\n${warnings.join('\n')}`)
  }

  project(name: string): Project {
    return new Project(join(this.#folder, name), this.#folder)
  }
}
