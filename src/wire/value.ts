import { MAX_SWEEP_BYTES, NOOP, type Proposed, type Value } from '../core/index.js'
import type { Codec } from './codec.js'
import { commands } from './command.js'
import { configuration } from './configuration.js'
import { WireError } from './error.js'
import { bytes } from './scalar.js'

const sweep = bytes(MAX_SWEEP_BYTES)

/** A batch is written as the array of its commands, which are arrays, a sweep as its bytes, a seal as its configuration. */
export const proposed: Codec<Proposed> = {
  write(to, value) {
    switch (value.kind) {
      case 'commands':
        return commands.write(to, value.commands)
      case 'sweep':
        return sweep.write(to, value.payload)
      case 'seal':
        return configuration.write(to, value.next)
    }
  },
  read(from) {
    if (from.isByteString) return { kind: 'sweep', payload: sweep.read(from) }
    if (from.isArrayOfInteger) return { kind: 'seal', next: configuration.read(from) }
    return { kind: 'commands', commands: commands.read(from) }
  },
}

/** A no-op is written as 0. */
const NOOP_CODE = 0

export const value: Codec<Value> = {
  write: (to, it) => (it.kind === 'noop' ? to.integer(NOOP_CODE) : proposed.write(to, it)),
  read(from) {
    if (!from.isInteger) return proposed.read(from)
    const code = from.integer()
    if (code !== NOOP_CODE) throw new WireError('shape', `${code} is no value`)
    return NOOP
  },
}
