import type { BackendPorts } from './backend.js'
import type { Happening } from './executed-state.js'

/** What a host tells whoever listens: the face of its room, and those who let other tabs use it. */
export interface HostListener extends Omit<BackendPorts, 'refused'> {
  readonly happened?: (happening: Happening) => void
  /** What is settled is about to be gone from the storage: whoever has to know of it is to be told before. */
  readonly forgetting?: () => void
  /** This member has left, and its identity with it. */
  readonly left?: (reason: string) => void
}
