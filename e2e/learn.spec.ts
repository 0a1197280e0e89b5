import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.js'

// The jumps of `?pace=fast` are those of a reader who wants nothing to move: the same runs, at once.

/** Goes through the chapter that is open with its own buttons, and answers what it asks. Returns what it says of each step. */
const walk = async (page: Page): Promise<readonly string[]> => {
  const said: string[] = []
  const chapter = page.getByTestId('learn-chapter')
  const next = page.getByTestId('learn-next')
  for (;;) {
    const answer = page.getByTestId('learn-right')
    const hand = page.getByTestId('learn-hand')
    if ((await answer.count()) > 0) await answer.click()
    if ((await hand.count()) > 0) await hand.click()
    await expect(chapter).toHaveAttribute('data-ended', 'true')
    said.push(await page.getByTestId('learn-deed').innerText())
    if ((await next.innerText()) !== 'Next') return said
    await next.click()
  }
}

/** Per chapter, what the page says at the end: the run's own words. */
const ENDS = [
  { title: '1. One command', says: /^2\.1: 2 of 3 agreed at once/ },
  { title: '2. Two commands, different keys', says: /^1\.1: 2 of 3 agreed at once/ },
  { title: '3. Two commands, the same key', says: /^2\.1: .*second round/ },
  { title: '4. A cycle of commands', says: /^0\.2: 2 of 3 agreed at once/ },
  { title: '5. A coordinator dies', says: /^4\.1: .*no-op/ },
  { title: '6. A group changes', says: /^3\.1: 3 of 4 agreed at once/ },
]

test('all chapters run to their ends by their buttons, one after the other, and say what has happened', async ({
  page,
  site,
}) => {
  // Six chapters in one go.
  test.setTimeout(60_000)
  await page.goto(`${site.url}?pace=fast#learn`)
  await page.getByRole('link', { name: 'One command' }).click()
  for (const [index, { title, says }] of ENDS.entries()) {
    await test.step(title, async () => {
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title)
      const said = await walk(page)
      expect(said.at(-1)).toMatch(says)
      const next = page.getByTestId('learn-next')
      await expect(next).toHaveText(index + 1 < ENDS.length ? 'Next chapter' : 'To the Lab')
      await next.click()
    })
  }
  await expect(page).toHaveURL(/#lab/)
})

test('a chapter plays by itself where things may move, and goes on and back by the keyboard', async ({
  page,
  site,
}) => {
  await page.goto(`${site.url}#learn/1`)
  await expect(page.getByTestId('learn-chapter')).toHaveAttribute('data-ended', 'true')
  await page.keyboard.press('n')
  await expect(page).toHaveURL(/#learn\/1\/2$/)
  await expect(page.getByTestId('learn-hand')).toBeEnabled()
  await page.getByTestId('learn-hand').press('Enter')
  await expect(page.getByTestId('learn-chapter')).toHaveAttribute('data-ended', 'true')
  await page.keyboard.press('p')
  await expect(page).toHaveURL(/#learn\/1$/)
})

test('a word that is not taken for granted says what it means', async ({ page, site }) => {
  await page.goto(`${site.url}?pace=fast#learn/1/2`)
  const meaning = page.getByText('The replica at which a command was proposed.')
  await expect(meaning).toBeHidden()
  await page.getByRole('button', { name: 'coordinator' }).press('Enter')
  await expect(meaning).toBeInViewport({ ratio: 1 })
  await page.keyboard.press('Escape')
  await expect(meaning).toBeHidden()
})

test('an address leads to a step, where all before it has happened', async ({ page, site }) => {
  await page.goto(`${site.url}?pace=fast#learn/3/5`)
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('A second round')
  await expect(page.getByTestId('learn-deed')).toHaveText(/^2\.1: .*second round/)
  await expect(page.getByTestId('learn-lab')).toHaveAttribute('href', /^#lab\/lab/)
})
