import { spawnSync } from 'node:child_process'

/** Besides the sockets: what Node itself has open, and the program's files. */
const OTHER_FILES = 64

/** Throws what to do where this process may not have so many sockets. */
export const checkOpenFiles = (sockets: number): void => {
  const allowed = spawnSync('ulimit -n', { shell: true, encoding: 'utf8' }).stdout.trim()
  const needed = sockets + OTHER_FILES
  // Also where it is `unlimited`, or nothing that can be read.
  if (!(Number(allowed) < needed)) return
  throw new Error(
    `${sockets} sockets need ${needed} open files, and ${allowed} are allowed here: run \`ulimit -n ${needed}\` before, or pass --sockets ${Math.max(0, Number(allowed) - OTHER_FILES)}`,
  )
}
