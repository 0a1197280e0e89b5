import { element } from '../elements.js'
import { glossary } from './glossary.js'
import './prose.css'

/** A word of the glossary, or text between such words. */
export interface Piece {
  readonly text: string
  /** What it means; undefined: it needs no explanation. */
  readonly meaning: string | undefined
}

/**
 * `A {word} and {word|words} more`, taken apart.
 * @throws RangeError for a word that the glossary does not have
 */
export const piecesOf = (text: string): readonly Piece[] =>
  text
    .split(/(\{[^}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('{')) return { text: part, meaning: undefined }
      const [word = '', written = word] = part.slice(1, -1).split('|')
      const meaning = glossary[word]
      if (meaning === undefined) throw new RangeError(`the glossary lacks “${word}”`)
      return { text: written, meaning }
    })

let explained = 0

const LEADING_MARKS = /^[.,:;]+/

/** The same without the marks. */
export const plain = (text: string): string =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join('')

/**
 * A paragraph in which the words of the glossary open their explanation.
 * @param opening said with emphasis, before it
 */
export const prose = (text: string, opening = ''): HTMLParagraphElement => {
  const paragraph = element('p', { className: 'prose' })
  if (opening !== '') paragraph.append(element('strong', { textContent: opening }))
  const pieces = piecesOf(text)
  for (const [at, { text: written, meaning }] of pieces.entries()) {
    const isAfterWord = pieces[at - 1]?.meaning !== undefined
    if (meaning === undefined) paragraph.append(isAfterWord ? written.replace(LEADING_MARKS, '') : written)
    else {
      // A line may break after a button, which would leave the comma behind it alone.
      const [marks = ''] = LEADING_MARKS.exec(pieces[at + 1]?.text ?? '') ?? []
      paragraph.append(element('span', { className: 'prose-unbroken' }, ...word(written, meaning), marks))
    }
  }
  return paragraph
}

const word = (text: string, meaning: string): readonly Node[] => {
  const note = element('span', { className: 'prose-note', id: `word-${++explained}`, textContent: meaning })
  note.popover = 'auto'
  const opener = element('button', { type: 'button', className: 'prose-word', textContent: text })
  opener.popoverTargetElement = note
  opener.setAttribute('aria-describedby', note.id)
  note.addEventListener('beforetoggle', () => {
    const at = opener.getBoundingClientRect()
    const room = document.documentElement.clientWidth - WIDEST_NOTE - EDGE
    note.style.left = `${Math.max(EDGE, Math.min(at.left, room))}px`
    note.style.top = `${at.bottom + GAP}px`
  })
  return [element('dfn', {}, opener), note]
}

/** In pixels, as prose.css has it. */
const WIDEST_NOTE = 300
const EDGE = 12
const GAP = 4
