import type { CoreEvent, Message } from '../core/index.js'

/** A message as numbers, for the trace. */
export const numbersOf = (message: Message): readonly number[] => {
  const numbers: number[] = []
  if ('instance' in message) numbers.push(message.instance.slot, message.instance.number)
  else if ('slot' in message) numbers.push(message.slot, 'from' in message ? message.from : message.upTo)
  if ('to' in message) numbers.push(message.to)
  if ('ballot' in message) numbers.push(message.ballot)
  if ('deps' in message && message.deps !== undefined) numbers.push(...message.deps)
  return numbers
}

/** An event of a replica as numbers, for the trace. */
export const numbersOfEvent = (event: CoreEvent): readonly number[] => {
  if (event.kind === 'unproposed') return [event.values.length]
  const { slot, number } = event.kind === 'proposed-again' ? event.to : event.instance
  return [slot, number]
}
