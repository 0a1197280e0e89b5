import { run } from './cli.js'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line that is asked to stop as soon as `whenListening`, which is told its first line, is through. */
export const runWith = async (
  argv: readonly string[],
  whenListening: (line: string) => Promise<void> = async () => {},
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> => {
  const [out, err]: [string[], string[]] = [[], []]
  let stop = (): void => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  let used: Promise<void> | undefined
  const code = await run(argv, {
    out: (line) => {
      out.push(line)
      used ??= whenListening(line).finally(stop)
    },
    err: (line) => void err.push(line),
    stop: () => stopped,
    env,
  })
  await used
  return { code, out: out.join('\n'), err: err.join('\n') }
}
