import type { ExecutedSet, InstanceId } from '../../core/index.js'

export const contains = ({ frontier, beyond }: ExecutedSet, { slot, number }: InstanceId): boolean =>
  number <= (frontier[slot] ?? 0) || (beyond[slot]?.includes(number) ?? false)
