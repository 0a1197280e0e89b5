import type { GroupId } from '../../core/index.js'
import { WireError } from '../../wire/index.js'
import { decodeTabMessage, type Envelope, encodeTabMessage, type TabMessage } from './messages.js'

export interface TabChannelPorts {
  /** From another tab, to this one or to all. */
  readonly heard: (from: string, message: TabMessage) => void
  /** Another tab runs another version of the program. */
  readonly foreign: () => void
}

/** What the tabs of one origin that have opened the same room meet on. What is sent by one comes in order. */
export class TabChannel {
  /** This tab's name: 32 lower-case hex digits. */
  readonly tab: string
  readonly #name: string
  readonly #channel: BroadcastChannel
  #onEcho = (): void => {}

  constructor(group: GroupId, tab: string, ports: TabChannelPorts) {
    this.tab = tab
    this.#name = `epaxos/${group}`
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.onmessage = ({ data }: { readonly data: unknown }) => {
      const envelope = read(data, ports)
      if (envelope?.from === tab && envelope.message.kind === 'echo') this.#onEcho()
      if (envelope === undefined || envelope.from === tab) return
      if (envelope.to === undefined || envelope.to === tab) ports.heard(envelope.from, envelope.message)
    }
  }

  /** @param to undefined: all */
  send(to: string | undefined, message: TabMessage): void {
    this.#channel.postMessage(encodeTabMessage({ from: this.tab, to, message }))
  }

  /** Resolves when all that was said until now has been heard here, or nothing is heard any more. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEcho = resolve
      // None hears what it says itself; and what is said later comes later.
      const mouth = new BroadcastChannel(this.#name)
      mouth.postMessage(encodeTabMessage({ from: this.tab, to: this.tab, message: { kind: 'echo' } }))
      mouth.close()
    })
  }

  /** What was sent still arrives. */
  close(): void {
    this.#channel.onmessage = null
    this.#channel.close()
    this.#onEcho()
  }
}

const read = (data: unknown, ports: TabChannelPorts): Envelope | undefined => {
  try {
    return decodeTabMessage(data)
  } catch (error) {
    // Whatever else of this origin speaks there is no business of this room.
    if (!(error instanceof WireError)) throw error
    if (error.code === 'version') ports.foreign()
    return undefined
  }
}
