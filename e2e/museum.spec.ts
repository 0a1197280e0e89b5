import { expect, test } from './fixtures.js'

test('an exhibit is broken on the left, where its rule is off, and well on the right', async ({ page, site }) => {
  await page.goto(`${site.url}#museum`)
  await page.getByRole('link', { name: 'As they came in' }).click()
  await expect(page.getByTestId('museum-badge-off')).toHaveText(/^broken: order/)
  await expect(page.getByTestId('museum-badge-on')).toHaveText('all is well')
  const scrub = page.getByTestId('museum-scrub')
  await scrub.fill('0')
  await expect(page.getByTestId('museum-badge-off')).toHaveText('all is well')
  await scrub.press('End')
  await expect(page.getByTestId('museum-badge-off')).toHaveText(/^broken: order/)
  await expect(page.getByTestId('museum-badge-on')).toHaveText('all is well')
})
