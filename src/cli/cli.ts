import { createRequire } from 'node:module'
import type { CliIo, Command } from './command.js'
import { relay } from './relay.js'
import { replica } from './replica.js'

const COMMANDS: readonly Command[] = [relay, replica]

const USAGE = `usage: epaxos <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)}  ${summary}`).join('\n')}

  --help     this text; after a command, its options
  --version  the version of this program`

/** Wrong usage, or a port that can't be had: something the caller can change. */
const USAGE_EXIT_CODE = 2

/** Runs one command line, without the program's name, to its end; the exit code. Never rejects. */
export const run = async ([name, ...argv]: readonly string[], io: CliIo): Promise<number> => {
  const command = COMMANDS.find((one) => one.name === name)
  try {
    if (name === '--version') {
      io.out(version())
      return 0
    }
    if (name === '--help' || name === '-h' || name === 'help') {
      io.out(USAGE)
      return 0
    }
    if (name === undefined) throw new Error('no command')
    if (command === undefined) throw new Error(`unknown command ${JSON.stringify(name)}`)
    if (argv.includes('--help') || argv.includes('-h')) {
      io.out(command.usage)
      return 0
    }
    return await command.run(argv, io)
  } catch (error) {
    io.err(`epaxos: ${error instanceof Error ? error.message : String(error)}\n\n${command?.usage ?? USAGE}`)
    return USAGE_EXIT_CODE
  }
}

/** Of the package, whose manifest is as far from the built file as from this one. */
const version = (): string => {
  const manifest: { readonly version: string } = createRequire(import.meta.url)('../../package.json')
  return manifest.version
}
