import { expect, test } from 'vitest'
import { addresseeOf } from './addressee.js'

const to = (path: string, headers: Record<string, string> = {}): string =>
  addresseeOf(new Request(`https://rooms.example${path}`, { headers }))

test('the operator has one path, the application another one and all below it, and the relay the rest', () => {
  expect(to('/replica?room=x')).toBe('operator')
  for (const path of ['/app', '/app?room=x', '/app/', '/app/seats/12?room=x']) expect(to(path)).toBe('application')
  for (const path of ['/?room=x', '/apple', '/replica/x', '/x/app', '/APP', '/x?/app']) expect(to(path)).toBe('relay')
})

test('an upgrade is a link’s, whatever its path: nobody gets past the operator’s secret by one', () => {
  for (const path of ['/replica?room=x', '/app?room=x', '/?room=x']) {
    expect(to(path, { upgrade: 'WebSocket' })).toBe('relay')
  }
})
