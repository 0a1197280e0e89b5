import { EpaxosError } from '../core/index.js'

/** Too much waits for an answer here: nothing was taken. */
export class QueueFull extends EpaxosError {
  override readonly name = 'QueueFull'
  constructor(
    readonly proposals: number,
    readonly bytes: number,
  ) {
    super(
      `${proposals} proposals of ${bytes} bytes wait for an answer already: wait until some have theirs (the room's status ` +
        'says what they wait for), or allow more with the option `queue`',
    )
  }
}
