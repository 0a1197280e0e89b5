import type { Target } from './target.js'
import { frames } from './targets/frames.js'
import { invites } from './targets/invite.js'
import { log } from './targets/log.js'
import { members } from './targets/member.js'
import { relayRooms } from './targets/rooms.js'
import { sealed } from './targets/sealed.js'
import { states } from './targets/state.js'
import { stored } from './targets/stored.js'
import { tabs } from './targets/tabs.js'
import { wire } from './targets/wire.js'

/** Whatever takes bytes that somebody else may have made. */
export const targets: readonly Target[] = [
  ...wire,
  members,
  ...frames,
  relayRooms,
  ...sealed,
  ...stored,
  log,
  ...states,
  invites,
  tabs,
]
