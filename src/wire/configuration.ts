import { type Configuration, configurationFault, MAX_VOTERS } from '../core/index.js'
import { type Codec, list, record, ruled } from './codec.js'
import { WireError } from './error.js'
import { epoch } from './instance.js'
import { MAX_VERSION } from './limits.js'
import { id, integer } from './scalar.js'

export const version: Codec<number> = integer(1, MAX_VERSION)

export const configuration: Codec<Configuration> = ruled(
  record<Configuration>({
    number: epoch,
    voters: list(id, 1, MAX_VOTERS),
    wireVersion: version,
    stateVersion: version,
  }),
  (it) => {
    const fault = configurationFault(it)
    if (fault !== undefined) throw new WireError('rule', fault)
  },
)
