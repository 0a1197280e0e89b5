import { parseScript } from 'epaxos/sim'
import { expect, test } from './fixtures.js'
import { LabTab } from './lab-page.js'

const QUIET_RUN = `lab/${encodeURIComponent('lab 3 seed 7 even 40ms write 2ms')}`

test('a session: two that interfere, a crash, its recovery, another future; its link opens the same picture elsewhere', async ({
  elsewhere,
  site,
}) => {
  const lab = await LabTab.open(await elsewhere(), site, 'lab')
  await lab.begin(5)

  // Two write the same key at the same moment, far apart: a second round is needed, and one order is found.
  await lab.get('propose-0').click()
  await lab.get('propose-3').click()
  for (const name of ['a', 'b']) await lab.stepUntilExecuted(name)
  for (const cell of ['cell-0-1', 'cell-3-1']) await expect(lab.get(cell)).toHaveAttribute('data-phase', 'executed')
  await expect(lab.get('happened')).toContainText('second round')

  // A coordinator dies when its command has got to somebody: the others finish that, and tell it when it is back.
  await lab.get('propose-2').click()
  const proposedMs = await lab.positionMs()
  // One way takes 40 ms and a write 2: all have it, and no answer is back.
  await lab.get('scrub').fill(String(Math.ceil(proposedMs) + 60))
  await lab.get('power-2').click()
  await expect(lab.get('member-2')).toHaveAttribute('data-state', 'down')
  await lab.playUntil(() => expect(lab.get('cell-2-1')).toHaveAttribute('data-phase', 'executed'))
  await expect(lab.get('deed-c')).toContainText('took it over')
  await lab.get('power-2').click()
  await expect(lab.get('member-2')).toHaveAttribute('data-state', 'up')
  await lab.playUntil(() => expect(lab.get('member-2')).toHaveAttribute('data-executed', '3'))
  await expect(lab.get('badge')).toHaveAttribute('data-verdict', 'holds')

  // Back to before the crash, and otherwise.
  await lab.get('scrub').fill(String(Math.ceil(proposedMs)))
  await expect(lab.get('past')).toContainText('past')
  await lab.get('propose-1').click()
  await expect(lab.get('branch-1')).toHaveAttribute('aria-pressed', 'true')
  await lab.stepUntilExecuted('d')
  await expect(lab.get('member-2')).toHaveAttribute('data-state', 'up')
  const otherwise = await lab.state()
  await lab.get('branch-0').press('Enter')
  await expect(lab.get('branch-0')).toHaveAttribute('aria-pressed', 'true')
  expect(await lab.state()).not.toBe(otherwise)
  await lab.get('branch-1').press('Enter')
  expect(await lab.state()).toBe(otherwise)

  const link = await lab.copied('copy-link')
  const other = await LabTab.open(
    await elsewhere(),
    { ...site, url: link.replace(/#.*/s, '') },
    link.replace(/^[^#]*#/, ''),
  )
  expect(await other.state()).toBe(otherwise)
  await expect(other.get('lab')).toHaveAttribute('data-playing', 'false')
  expect(await other.positionMs()).toBe(await lab.positionMs())
  await expect(other.get('branch-1')).toHaveAttribute('aria-pressed', 'true')
  await expect(other.get('cell-1-1')).toHaveAttribute('data-phase', 'executed')
  // What was left behind is there, too.
  await other.get('branch-0').click()
  await lab.get('branch-0').click()
  expect(await other.state()).toBe(await lab.state())
  expect([...lab.faults, ...other.faults]).toEqual([])
})

test('by keyboard alone: propose, step from arrival to arrival, drop a message on its way, go back', async ({
  page,
  site,
}) => {
  const lab = await LabTab.open(page.context(), site, QUIET_RUN)
  await lab.get('propose-0').press('Enter')
  await lab.get('lab').press('.')
  const firstMs = await lab.positionMs()
  expect(firstMs).toBeGreaterThanOrEqual(40)
  await lab.get('lab').press('.')
  await lab.get('lab').press(',')
  await expect(lab.get('lab')).toHaveAttribute('data-position', String(firstMs))

  await lab.get('lab').press(',')
  await expect(lab.get('lab')).toHaveAttribute('data-position', '0')
  // Twice a fortieth of what is shown: the first messages have left.
  const messages = lab.page.getByRole('listbox')
  await messages.press('ArrowRight')
  await messages.press('ArrowRight')
  await expect(messages.getByRole('option').first()).toHaveAttribute('data-testid', /^flight-/)
  await messages.press('Home')
  await messages.press('Enter')
  const menu = lab.get('flight-menu')
  await expect(menu).toBeVisible()
  await expect(lab.get('drop')).toBeFocused()
  await lab.get('drop').press('Enter')
  await expect(menu).toBeHidden()
  await expect(lab.get('branch-1')).toHaveAttribute('aria-pressed', 'true')
  expect(await lab.copied('copy-test')).toMatch(/^at 10ms drop pre-accept 0\.1 R0>R[12]$/m)
  // The other one's answer is enough.
  await lab.stepUntilExecuted('a')
  expect(lab.faults).toEqual([])
})

test('what is copied as a test is a script that the simulator reads, step by step as it was done', async ({
  page,
  site,
}) => {
  const lab = await LabTab.open(page.context(), site, QUIET_RUN)
  await lab.get('propose-all').click()
  await lab.stepUntilExecuted('a')
  await lab.get('power-1').click()
  const { setup, steps } = parseScript((await lab.copied('copy-test')).replace(/^then .*/ms, ''))
  expect(setup).toMatchObject({ seed: 7, voters: 3, net: { kind: 'even', delayMs: 40 }, writeMs: 2 })
  expect(steps.map(({ action }) => action.kind)).toEqual(['propose', 'propose', 'propose', 'crash'])
  expect(steps.at(-1)?.atMs).toBe(await lab.positionMs())
})

test('a newcomer joins, a new epoch seats it, and its proposals are executed', async ({ page, site }) => {
  const lab = await LabTab.open(page.context(), site, QUIET_RUN)
  await lab.page.getByText('Members', { exact: true }).click()
  await lab.get('join').click()
  await lab.playUntil(() => expect(lab.get('member-3')).toHaveAttribute('data-role', 'observer'))
  await lab.get('seat-3').check()
  await lab.get('seal').click()
  await lab.playUntil(() => expect(lab.get('member-3')).toHaveAttribute('data-role', 'voter'))
  await lab.get('propose-3').click()
  await lab.stepUntilExecuted('a')
  await expect(lab.get('cell-3-1')).toHaveAttribute('data-phase', 'executed')
  expect(lab.faults).toEqual([])
})

test('a voter that is cut off, by a line across the map or by name, gets nothing decided until the network is healed', async ({
  page,
  site,
}) => {
  const lab = await LabTab.open(page.context(), site, QUIET_RUN)
  const partition = lab.page.getByRole('button', { name: 'Partition' })
  await partition.click()
  await lab.drawLine('disc-2', 'disc-0', 'disc-1')
  await expect(lab.get('cut')).toContainText('R0, R1 | R2')
  await lab.get('heal').click()
  await expect(lab.get('cut')).toContainText('Everybody reaches everybody')

  await partition.click()
  await lab.get('cut-off-2').check()
  await lab.get('cut-off').click()
  await expect(lab.get('cut')).toContainText('R0, R1 | R2')
  await lab.get('propose-2').click()
  // There and back takes 80 ms, and each write 2.
  await lab.get('scrub').fill('100')
  await lab.state()
  await expect(lab.get('deed-a')).toHaveAttribute('data-phase', 'proposed')
  await lab.get('heal').click()
  await lab.stepUntilExecuted('a')
  expect(lab.faults).toEqual([])
})

test('a first visit plays by itself; with reduced motion it stands still, with messages on their way', async ({
  browser,
  site,
}) => {
  const moving = await browser.newContext()
  const lab = await LabTab.open(moving, site, 'lab')
  await expect(lab.get('lab')).toHaveAttribute('data-playing', 'true')
  await expect(lab.get('deed-b')).toBeVisible()
  await moving.close()

  const calm = await browser.newContext({ reducedMotion: 'reduce' })
  const still = await LabTab.open(calm, site, 'lab')
  await expect(still.get('lab')).toHaveAttribute('data-playing', 'false')
  await expect(still.get('deed-a')).toHaveAttribute('data-phase', 'proposed')
  await calm.close()
})

test('an address that holds no run says what is wrong with it, and leads to a fresh one', async ({ page, site }) => {
  const lab = await LabTab.open(
    page.context(),
    site,
    `lab/${encodeURIComponent('lab 3 seed 7 even 40ms\nat 5ms propose R0 a k\nat 9ms crush R1')}`,
  )
  await expect(lab.get('trouble')).toContainText('Line 3')
  await expect(lab.get('trouble')).toContainText('crush')
  await lab.page.getByRole('link', { name: 'Begin a fresh run' }).click()
  await expect(lab.get('lab')).toBeVisible()
  await lab.page.goto(`${site.url}#lab/%E0%A4%A`)
  await expect(lab.get('trouble')).toContainText('percent sign')
  expect(lab.faults).toEqual([])
})

test('what can’t be done is said, and changes nothing', async ({ page, site }) => {
  const lab = await LabTab.open(page.context(), site, QUIET_RUN)
  const before = await lab.state()
  await lab.get('key').fill('two words')
  await lab.get('propose-0').click()
  await expect(lab.get('notice')).toContainText('A key is made of')
  expect(await lab.state()).toBe(before)
  await expect(lab.get('heal')).toBeDisabled()
  expect(lab.faults).toEqual([])
})

test('at 360 pixels everything is in one column that fits', async ({ browser, site }) => {
  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
  const lab = await LabTab.open(phone, site, QUIET_RUN)
  await lab.get('propose-0').tap()
  await lab.stepUntilExecuted('a')
  for (const part of ['Burst', 'Faults', 'Network', 'Checkers', 'Numbers', 'Members', 'New run', 'Keys']) {
    await lab.page.getByText(part, { exact: true }).tap()
  }
  const over = await lab.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(over).toBeLessThanOrEqual(0)
  await phone.close()
})
