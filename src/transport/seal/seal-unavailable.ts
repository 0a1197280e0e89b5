import { EpaxosError } from '../../core/index.js'

/** This place has no WebCrypto, so nothing can be sealed; and nothing is ever sent unsealed. */
export class SealUnavailable extends EpaxosError {
  override readonly name = 'SealUnavailable'
  constructor() {
    super(
      'crypto.subtle is missing, so what members say to each other could not be sealed: browsers give it to secure ' +
        'contexts only; serve the page over https, or from localhost',
    )
  }
}
