import { expect, test } from './fixtures.js'

test('the front page says what this is, plays a run that can be stopped, and leads to the doors by keyboard', async ({
  page,
  site,
}) => {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(site.url)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Agreeing without a leader')
  // Later, something is executed.
  await expect(page.locator('[data-testid^=cell-][data-phase=executed]').first()).toBeAttached({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('button', { name: 'Play' })).toBeFocused()

  await page.goto(site.url)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'A room for a few people' })).toBeFocused()
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Room' })).toHaveAttribute('aria-current', 'page')
  expect(faults).toEqual([])
})

test('for who wants nothing to move the front page’s run stands still', async ({ page, site }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(site.url)
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible()
  await expect(page.getByText('Everybody has the same arrows')).toBeVisible()
  expect(await page.locator('[data-testid^=cell-]').count()).toBe(4)
})
