const KEY = 'epaxos example: visitor'

/**
 * Who is at this tab, asked once. Each tab is somebody of its own, so that two of them can play against each other; an
 * application would take the name from where people log in.
 */
export const visitor = async (): Promise<string> => {
  const known = sessionStorage.getItem(KEY)
  if (known !== null) return known
  const name = await ask()
  sessionStorage.setItem(KEY, name)
  return name
}

const ask = (): Promise<string> =>
  new Promise((resolve) => {
    const dialog = document.createElement('dialog')
    dialog.setAttribute('aria-labelledby', 'visitor-title')
    dialog.innerHTML = `
      <form method="dialog">
        <h2 id="visitor-title">Who are you?</h2>
        <label>Your name <input name="visitor" required maxlength="40" autocomplete="nickname" autofocus /></label>
        <button class="main">Come in</button>
      </form>`
    // There is nothing to be seen yet without a name.
    dialog.addEventListener('cancel', (event) => event.preventDefault())
    dialog.addEventListener('close', () => {
      const name = dialog.querySelector('input')?.value.trim() ?? ''
      if (name === '') return dialog.showModal()
      dialog.remove()
      resolve(name)
    })
    document.body.append(dialog)
    dialog.showModal()
  })
