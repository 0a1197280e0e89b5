import { reporting } from './late/parts.js'
import type { Reporter, ReporterOptions } from './reporting.js'

/** Whom a room tells what happens; undefined where nobody wants to be told. To be called once `reporterLoaded` has resolved. */
export const reporterOf = (options: ReporterOptions, replica: string): Reporter | undefined =>
  reporting.now?.Reporter.of(options, replica)

/** Before anything happens, so that all of it is told. @throws NotLoaded */
export const reporterLoaded = async ({ logger, meter }: ReporterOptions): Promise<void> => {
  if (logger !== undefined || meter !== undefined) await reporting.load()
}
