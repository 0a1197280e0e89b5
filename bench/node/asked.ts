/** What the processes of this bench are asked for, each kind with its answer. */

/** Where a voter sits. */
export interface Seat {
  readonly relay: string
  readonly group: string
  readonly voters: readonly string[]
  readonly id: string
  /** Where it stores; undefined: in memory. */
  readonly folder: string | undefined
}

/** What a process has taken since it began. */
export interface Usage {
  /** Of all its threads. */
  readonly cpuMs: number
  /** In the state machine's `apply`, by the clock. */
  readonly applyMs: number
}

export interface RelayUsage {
  readonly cpuMs: number
  /** Frames that members have sent it, and their bytes; and those that it has sent them. */
  readonly framesIn: number
  readonly bytesIn: number
  readonly framesOut: number
  readonly bytesOut: number
}

/** What clients have done, each with one command on its way at a time. */
export interface Load {
  readonly commands: number
  /** On the clock that all processes of this machine share. */
  readonly startMs: number
  /** By key: the value that was written last. */
  readonly contents: Readonly<Record<string, string>>
}

export interface Questions {
  /** The room is open, and all voters are there. */
  readonly open: { readonly asked: object; readonly answer: object }
  readonly usage: { readonly asked: object; readonly answer: Usage }
  /** So many clients write for so long. Answered when the last of them has its answer. */
  readonly load: { readonly asked: { readonly clients: number; readonly ms: number }; readonly answer: Load }
  /** Answered when these are executed here: with when that was. */
  readonly expect: {
    readonly asked: { readonly contents: Readonly<Record<string, string>> }
    readonly answer: { readonly atMs: number }
  }
  /** One client, one command after the other: milliseconds each. */
  readonly latency: { readonly asked: { readonly commands: number }; readonly answer: readonly number[] }
  /** To another process and back, through the relay, by nothing but a link: milliseconds each. */
  readonly ping: {
    readonly asked: { readonly to: string; readonly times: number; readonly bytes: number }
    readonly answer: readonly number[]
  }
  /** Bytes at the end of a file, and on the disk: milliseconds each. */
  readonly sync: {
    readonly asked: { readonly folder: string; readonly times: number; readonly bytes: number }
    readonly answer: readonly number[]
  }
  /** Of the relay. */
  readonly relay: { readonly asked: object; readonly answer: RelayUsage & { readonly url: string } }
  readonly close: { readonly asked: object; readonly answer: object }
}

export type Kind = keyof Questions
export type Asked<K extends Kind> = Questions[K]['asked']
export type Answer<K extends Kind> = Questions[K]['answer']

/** How an answer travels. */
export type Reply = { readonly answer: unknown } | { readonly failure: string }
