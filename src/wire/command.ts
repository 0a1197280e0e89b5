import { type Command, MAX_COMMANDS_PER_BATCH, MAX_PAYLOAD_BYTES, type Span } from '../core/index.js'
import { type Codec, expectItems, list, within } from './codec.js'
import { PLACE_ITEMS, readPlace, writePlace } from './place.js'
import { bytes } from './scalar.js'
import { spans } from './span.js'

export const payload: Codec<Uint8Array> = bytes(MAX_PAYLOAD_BYTES)

/** Spans, payload, and the place among those of its client. */
export const command: Codec<Command> = {
  write(to, value) {
    let field = 'spans'
    try {
      to.array(2 + PLACE_ITEMS)
      spans.write(to, value.spans)
      field = 'payload'
      payload.write(to, value.payload)
    } catch (error) {
      throw within(error, field)
    }
    writePlace(to, value)
  },
  read(from) {
    expectItems(from.array(), 2 + PLACE_ITEMS)
    let ownSpans: readonly Span[]
    let ownPayload: Uint8Array
    let field = 'spans'
    try {
      ownSpans = spans.read(from)
      field = 'payload'
      ownPayload = payload.read(from)
    } catch (error) {
      throw within(error, field)
    }
    const { session, sequence, acknowledged, after } = readPlace(from)
    return { spans: ownSpans, payload: ownPayload, session, sequence, acknowledged, after }
  },
}

// At least one: an empty batch would be a second, different no-op [K19].
export const commands: Codec<readonly Command[]> = list(command, 1, MAX_COMMANDS_PER_BATCH)
