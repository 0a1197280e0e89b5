import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures.js'

/** More stops than any page has on the way to what a visitor came for. */
const MAX_STOPS = 80

/** Goes there as somebody without a pointer does: stop by stop. */
const reach = async (page: Page, goal: Locator): Promise<void> => {
  await expect(goal).toBeVisible()
  for (let stops = 0; stops < MAX_STOPS; stops++) {
    await page.keyboard.press('Tab')
    if (await goal.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`${goal} is not reached by the Tab key`)
}

const press = async (page: Page, goal: Locator): Promise<void> => {
  await reach(page, goal)
  await page.keyboard.press('Enter')
}

test('without a pointer: through a chapter, to the Lab at that moment, a proposal there, and a seat in a room', async ({
  page,
  site,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(`${site.url}?storage=memory&link=relay`)
  const door = (name: string) => page.getByRole('navigation').getByRole('link', { name })

  await press(page, door('Learn'))
  await press(page, page.getByRole('link', { name: 'One command' }))
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await press(page, page.getByTestId('learn-next'))
  await press(page, page.getByTestId('learn-hand'))
  await expect(page.getByTestId('learn-chapter')).toHaveAttribute('data-ended', 'true')
  await press(page, page.getByRole('link', { name: 'Take it to the Lab' }))

  await expect(page.getByTestId('deed-a')).toBeVisible()
  await press(page, page.getByTestId('propose-1'))
  await expect(page.getByTestId('deed-b')).toHaveAttribute('data-phase', 'proposed')
  await expect(page.getByTestId('lab')).toHaveAttribute('data-playing', 'false')
  await press(page, page.getByTestId('step-message'))

  await page.goto(`${site.url}?storage=memory&link=relay#new`)
  await press(page, page.getByTestId('seat/3'))
  await expect(page.getByTestId('seat/3')).toHaveAttribute('data-held', 'here')
  await press(page, page.getByTestId('count'))
  await expect(page.getByTestId('counter')).toHaveText('1')
})
