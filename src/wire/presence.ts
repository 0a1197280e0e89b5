import { type Codec, list, pair, ruled } from './codec.js'
import { WireError } from './error.js'
import { MAX_PRESENCE_BYTES, MAX_PRESENCE_TABS } from './limits.js'
import { bytes, id } from './scalar.js'

/** What one tab shows: whatever its application has put into JSON, as that text's UTF-8. Who shows it to people parses it. */
export type PresenceEntry = readonly [tab: string, value: Uint8Array]

export const presence: Codec<readonly PresenceEntry[]> = ruled(
  list(pair(id, bytes(MAX_PRESENCE_BYTES)), 0, MAX_PRESENCE_TABS),
  (entries) => {
    const tabs = new Set<string>()
    for (const [index, [tab]] of entries.entries()) {
      if (tabs.has(tab)) throw new WireError('rule', `tab ${tab} shows a second value`, `[${index}]`)
      tabs.add(tab)
    }
  },
)
