import type { AnyPage } from './any-page.js'

/** What a browser shows to a script has to be there within this: pages that wait for a room take seconds. */
const SCRIPT_TIMEOUT_MS = 120_000

/** A browser driven by W3C WebDriver, as far as these tests need it: there is no client of it among the dependencies. */
export class WebDriver {
  /** WebDriver has one window at a time that it talks to: what concerns another one waits for its turn. */
  #turn: Promise<unknown> = Promise.resolve()
  #isFirst = true

  private constructor(
    private readonly server: string,
    private readonly session: string,
  ) {}

  /** @param server where the driver listens: `http://127.0.0.1:<port>` */
  static async start(server: string): Promise<WebDriver> {
    const { sessionId } = await command<{ sessionId: string }>('POST', `${server}/session`, {
      capabilities: { alwaysMatch: { timeouts: { script: SCRIPT_TIMEOUT_MS } } },
    })
    return new WebDriver(server, sessionId)
  }

  /** A tab. All of them share what the browser stores. */
  async open(): Promise<AnyPage> {
    const handle = await this.#newWindow()
    const inWindow = <T>(method: Method, path: string, body?: object): Promise<T> =>
      this.#afterOthers(async () => {
        await this.#command('POST', '/window', { handle })
        return this.#command<T>(method, path, body)
      })
    return {
      goto: (url) => inWindow('POST', '/url', { url }),
      reload: () => inWindow('POST', '/refresh', {}),
      evaluate: async (run, argument) => {
        const script = `const done = arguments[1]
          Promise.resolve((${run})(arguments[0])).then((value) => done({ value }), (error) => done({ error: String(error) }))`
        const answer = await inWindow<Answer>('POST', '/execute/async', { script, args: [argument] })
        if (answer.error !== undefined) throw new Error(answer.error)
        return answer.value as never
      },
      close: async () => {
        await inWindow('DELETE', '/window')
      },
    }
  }

  /** Ends the browser. */
  async quit(): Promise<void> {
    await this.#afterOthers(() => this.#command('DELETE', ''))
  }

  #newWindow(): Promise<string> {
    return this.#afterOthers(async () => {
      if (this.#isFirst) {
        this.#isFirst = false
        return this.#command<string>('GET', '/window')
      }
      const { handle } = await this.#command<{ handle: string }>('POST', '/window/new', { type: 'tab' })
      return handle
    })
  }

  #command<T>(method: Method, path: string, body?: object): Promise<T> {
    return command<T>(method, `${this.server}/session/${this.session}${path}`, body)
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }
}

type Method = 'GET' | 'POST' | 'DELETE'

/** Of a script in a page. */
interface Answer {
  readonly value?: unknown
  readonly error?: string
}

const command = async <T>(method: Method, url: string, body?: object): Promise<T> => {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: T & { readonly error?: string; readonly message?: string } }
  if (!response.ok) throw new Error(`${method} ${url}: ${value.error}: ${value.message}`)
  return value
}
