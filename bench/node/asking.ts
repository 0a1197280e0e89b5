import type { ChildProcess } from 'node:child_process'
import { ended, started } from '../child.js'
import type { Answer, Asked, Kind, Reply } from './asked.js'

/** A process of this bench, from outside. One question at a time. */
export class Asking {
  readonly #child: ChildProcess
  readonly #name: string

  /** @param file what was built */
  constructor(name: string, file: string, args: readonly string[], flags: readonly string[]) {
    this.#name = name
    this.#child = started(file, args, flags)
  }

  /** @throws with what it said, or that it has ended */
  ask<K extends Kind>(kind: K, asked: Asked<K>): Promise<Answer<K>> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#child.off('message', hear).off('exit', gone)
      }
      const hear = (reply: unknown): void => {
        done()
        const said = reply as Reply
        if ('failure' in said) reject(new Error(`${this.#name}, asked for ${kind}: ${said.failure}`))
        else resolve(said.answer as Answer<K>)
      }
      const gone = (code: number | null): void => {
        done()
        reject(new Error(`${this.#name} has ended with ${code}, asked for ${kind}`))
      }
      this.#child.once('message', hear).once('exit', gone)
      this.#child.send({ kind, asked })
    })
  }

  /** Closes what it has open, so that a profile of it is written, and ends it. */
  async end(): Promise<void> {
    const { exitCode, signalCode, connected } = this.#child
    if (exitCode === null && signalCode === null && connected) {
      const left = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
      this.#child.disconnect()
      const late = AbortSignal.timeout(CLOSING_MS)
      await Promise.race([left, new Promise<void>((resolve) => late.addEventListener('abort', () => resolve()))])
    }
    await ended(this.#child)
  }
}

/** Who has not closed by then is ended. */
const CLOSING_MS = 5000
