import { element } from '../elements.js'

/** A control with its label above it. */
export const labelled = (text: string, control: HTMLElement): HTMLLabelElement =>
  element('label', { className: 'lab-field' }, element('span', { textContent: text }), control)

/** A box to tick with its label beside it. */
export const tick = (
  text: string,
  checked: boolean,
): { readonly label: HTMLLabelElement; readonly box: HTMLInputElement } => {
  const box = element('input', { type: 'checkbox', checked })
  return { label: element('label', { className: 'lab-tick' }, box, text), box }
}

export type Choice = readonly [value: string, text: string]

export const choiceOf = (choices: readonly Choice[]): HTMLSelectElement => {
  const select = element('select')
  offer(select, choices)
  return select
}

/** Offers these; what was chosen stays chosen where it still can be. Touches nothing where they are the same. */
export const offer = (select: HTMLSelectElement, choices: readonly Choice[]): void => {
  const now = JSON.stringify(choices)
  if (select.dataset.choices === now) return
  select.dataset.choices = now
  const { value } = select
  select.replaceChildren(...choices.map(([value, textContent]) => element('option', { value, textContent })))
  if (choices.some(([each]) => each === value)) select.value = value
}

export const numberField = (value: number, min: number, max: number, step: number): HTMLInputElement =>
  element('input', {
    type: 'number',
    inputMode: 'decimal',
    min: String(min),
    max: String(max),
    step: String(step),
    value: String(value),
  })

/** What is typed, brought within the field's own bounds; the least where it is no number. */
export const numberIn = ({ value, min, max }: HTMLInputElement): number => {
  const typed = Number(value)
  return Number.isFinite(typed) && value !== '' ? Math.min(Number(max), Math.max(Number(min), typed)) : Number(min)
}

/** There is room beside the views: as in lab.css. */
export const WIDE = '(min-width: 901px)'

/** A part of the page that folds away; it begins open always, where there is room beside the views, or never. */
export const folding = (
  title: string,
  open: 'always' | 'beside' | 'never',
  ...children: readonly Node[]
): HTMLDetailsElement => {
  const heading = element('summary', {}, element('h2', { textContent: title }))
  const opens = open === 'always' || (open === 'beside' && matchMedia(WIDE).matches)
  return element('details', { className: 'lab-panel', open: opens }, heading, ...children)
}

/** A group of controls with its own small heading. */
export const grouped = (title: string, ...children: readonly (Node | string)[]): HTMLFieldSetElement =>
  element('fieldset', { className: 'lab-group' }, element('legend', { textContent: title }), ...children)
