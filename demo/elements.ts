/** A new element with these properties and children. */
export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** A new button that does this. */
export const button = (text: string, act: () => void): HTMLButtonElement => {
  const made = element('button', { type: 'button', textContent: text })
  made.addEventListener('click', act)
  return made
}

/** A new link that looks like a button. */
export const linkButton = (text: string, properties: Partial<HTMLAnchorElement>): HTMLAnchorElement =>
  element('a', { className: 'button', textContent: text, ...properties })

/** The same element, with the name by which end-to-end tests find it. */
export const named = <Kind extends HTMLElement>(testId: string, made: Kind): Kind => {
  made.dataset.testid = testId
  return made
}

/** The element of index.html with this id. */
export const byId = <Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new TypeError(`index.html has no ${kind.name} with the id ${id}`)
  return found
}

/** Only what changes is written: a screen reader reads it out. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}
