import type { Policy } from '../member/index.js'
import { following } from './late/parts.js'

/** The default: the autopilot, once it is there. Until then everything stays as it is. */
export const lateAutopilot = (): Policy => {
  let policy: Policy | undefined
  return (view) => {
    policy ??= following.now?.autopilot()
    if (policy !== undefined) return policy(view)
    const { stateVersion } = view.configuration
    return { voters: undefined, stateVersion, reason: 'who should vote is being looked at' }
  }
}
