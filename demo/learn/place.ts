import { chapters } from './chapters.js'

/** Where in the chapters an address leads. */
export interface Place {
  /** From 0, as all that follows. */
  readonly chapter: number
  readonly beat: number
}

/** `learn/3/2` is the second beat of the third chapter. Undefined: the list, also for whatever is none of them. */
export const placeOf = (fragment: string): Place | undefined => {
  const [, chapter, beat = 1] = /^learn\/([1-9])(?:\/([1-9]))?$/.exec(fragment) ?? []
  const place = { chapter: Number(chapter) - 1, beat: Number(beat) - 1 }
  return chapters[place.chapter]?.beats[place.beat] === undefined ? undefined : place
}

export const addressOf = ({ chapter, beat }: Place): string =>
  beat === 0 ? `#learn/${chapter + 1}` : `#learn/${chapter + 1}/${beat + 1}`
