/** Longer addresses than this are not read: a script is bounded, too, and three letters stand for some of its own. */
const MAX_FRAGMENT_CODE_UNITS = 200_000

/** What an address of the Lab asks for. */
export type Wanted =
  | { readonly kind: 'first' }
  | { readonly kind: 'measure' }
  | { readonly kind: 'run'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** @param fragment of the address, with or without its `#` */
export const wantedBy = (fragment: string): Wanted => {
  if (fragment.length > MAX_FRAGMENT_CODE_UNITS) {
    return {
      kind: 'unreadable',
      reason: `it has ${fragment.length} letters; an address of the Lab has at most ${MAX_FRAGMENT_CODE_UNITS}`,
    }
  }
  const rest = fragment.replace(/^#?lab\/?/, '')
  if (rest === '') return { kind: 'first' }
  if (rest === 'measure') return { kind: 'measure' }
  try {
    return { kind: 'run', text: decodeURIComponent(rest) }
  } catch {
    return {
      kind: 'unreadable',
      reason: 'a percent sign in it is not followed by two digits that make a letter; copy the link anew',
    }
  }
}

/** @param text of a session */
export const fragmentFor = (text: string): string => `#lab/${encodeURIComponent(text)}`
