import { claimsOf, pageNamed, programOf } from '../docs/blocks.js'
import { type Project, tsconfig, Unexpected } from './project.js'
import type { Trial } from './trial.js'

/** A script for Node: the program of the README, word for word. */
export const script: Trial = {
  name: 'a script in Node',
  packages: ['typescript', '@types/node'],
  async run(project: Project) {
    const program = programOf(pageNamed('README.md')) ?? ''
    await project.write('room.ts', program)
    await project.write('tsconfig.json', tsconfig({ module: 'nodenext', types: ['node'] }))
    await project.runSilently(project.bin('tsc'), ['-p', '.'])
    const printed = await project.run(process.execPath, ['--trace-warnings', '--throw-deprecation', 'room.js'])
    const claimed = `${claimsOf(program).join('\n')}\n`
    if (printed !== claimed) throw new Unexpected(`it printed\n${printed}where its comments say\n${claimed}`)
  },
}
