import { EpaxosError } from '../../core/index.js'

/** That can't be done now. Nothing has happened; the message is for the visitor. */
export class LabRefused extends EpaxosError {
  override readonly name = 'LabRefused'
}

/** An error in words for the visitor: members go by their names, not by their ids. */
export const inWords = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/\b([0-9a-f])\1{31}\b/g, (_, digit: string) => `R${Number.parseInt(digit, 16)}`)
}
