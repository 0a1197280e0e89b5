import type { Late } from '../transport/index.js'
import type { Environment } from './environment.js'

/** A file that could not be had is asked for again after so long: nobody waits for it. */
const AGAIN_MS = 5000

/** Hands over a part once it is loaded, at once where it is; however often that takes. Returns what gives it up. */
export const eventually = <Part>(
  late: Late<Part>,
  environment: Pick<Environment, 'after'>,
  take: (part: Part) => void,
): (() => void) => {
  let isOver = false
  let cancel = (): void => {}
  const attempt = (): void => {
    late.load().then(
      (part) => {
        if (!isOver) take(part)
      },
      () => {
        if (!isOver) cancel = environment.after(AGAIN_MS, attempt)
      },
    )
  }
  if (late.now === undefined) attempt()
  else take(late.now)
  return () => {
    isOver = true
    cancel()
  }
}
