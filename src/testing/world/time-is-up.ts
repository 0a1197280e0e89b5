import { EpaxosError } from '../../core/index.js'

/** Something has not happened although so much virtual time has passed: the message says what, and how things stand. */
export class TimeIsUp extends EpaxosError {
  override readonly name = 'TimeIsUp'

  constructor(limitMs: number, stillTrue: string) {
    super(`after ${limitMs} ms of virtual time ${stillTrue}; give it more, or look at what keeps it`)
  }
}
