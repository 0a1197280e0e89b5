import { element, named } from '../elements.js'

interface Question {
  readonly title: string
  readonly text: string
  /** What the button says that does it. */
  readonly yes: string
  /** What must be ticked first. */
  readonly condition?: string
}

/** Asks before something that can't be taken back. Resolves with whether it is to be done. */
export const ask = ({ title, text, yes, condition }: Question): Promise<boolean> => {
  const confirm = named('confirm', element('button', { value: 'yes', textContent: yes, className: 'grave' }))
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', { textContent: title }),
    element('p', { textContent: text }),
  )
  if (condition !== undefined) {
    const tick = element('input', { type: 'checkbox', required: true })
    form.append(element('label', {}, tick, condition))
  }
  // First, so that it has the focus: who only presses Enter changes nothing.
  const cancel = element('button', { textContent: 'Cancel', formNoValidate: true, autofocus: true })
  form.append(element('p', { className: 'choices' }, cancel, confirm))
  const dialog = element('dialog', { className: 'room-question', ariaLabel: title }, form)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}
