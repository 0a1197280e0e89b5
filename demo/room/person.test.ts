import { expect, it } from 'vitest'
import { COLOURS, colourFor, MAX_NAME_LENGTH, nameFor, personOf } from './person.js'

const MEMBER = 'abcd'.repeat(8)
const shown = (value: Parameters<typeof personOf>[0]['value']) =>
  personOf({ tab: 't', member: MEMBER, self: false, value })

it('is shown as it shows itself, where that can be', () => {
  expect(shown({ name: ' Ada ', colour: 3, at: 'seat/7', x: 0.5, y: 1 })).toEqual({
    tab: 't',
    member: MEMBER,
    self: false,
    name: 'Ada',
    colour: 3,
    at: 'seat/7',
    pointer: { x: 0.5, y: 1 },
  })
})

it.each([null, 'Ada', 7, [1], {}, { name: '', colour: -1, at: 7, x: 2, y: 0 }, { name: {}, colour: 1.5, x: 0.5 }])(
  'that shows %j goes by the beginning of its id, in some colour, and looks at nothing',
  (value) => {
    expect(shown(value)).toMatchObject({ name: 'abcd', colour: 0, at: undefined, pointer: undefined })
  },
)

it('has a name that fits, a colour that there is, and looks at a key that could be one', () => {
  const { name, colour, at } = shown({ name: 'x'.repeat(1000), colour: 1e9 + 1, at: 'k'.repeat(65) })
  expect(name).toHaveLength(MAX_NAME_LENGTH)
  expect(colour).toBeLessThan(COLOURS)
  expect(at).toBeUndefined()
})

it('has a name and a colour that go with its id', () => {
  expect(nameFor(MEMBER)).toBe(nameFor(MEMBER))
  for (const id of ['0'.repeat(32), 'f'.repeat(32), MEMBER]) {
    expect(nameFor(id)).toMatch(/^\w+$/)
    expect(colourFor(id)).toBeLessThan(COLOURS)
  }
})
