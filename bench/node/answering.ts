import type { Answer, Asked, Kind, Reply } from './asked.js'

/** What a process can be asked. */
export type Answers = { readonly [K in Kind]?: (asked: Asked<K>) => Answer<K> | Promise<Answer<K>> }

/** Answers what the process that has started this one asks, until it is gone; `end` runs then. */
export const answering = (answers: Answers, end: () => Promise<void>): void => {
  process.on('message', async ({ kind, asked }: { readonly kind: Kind; readonly asked: never }) => {
    let reply: Reply
    try {
      const answer = answers[kind]
      if (answer === undefined) throw new TypeError(`this process can't be asked for ${kind}`)
      reply = { answer: await answer(asked) }
    } catch (error) {
      reply = { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    if (process.connected) process.send?.(reply)
  })
  process.once('disconnect', () => void end())
}

/** Of all threads, since the process began. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds on the clock that all processes of this machine share. */
export const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000
