import { describe, expect, it } from 'vitest'
import { ContractBroken, mustBe, mustReject } from './contract-broken.js'
import { isSame } from './same.js'
import { shown } from './shown.js'

describe('two values', () => {
  it.each<[unknown, unknown]>([
    [1, 1],
    [Number.NaN, Number.NaN],
    [undefined, undefined],
    [
      [1, [2]],
      [1, [2]],
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    [{ bytes: Uint8Array.of(1, 2).subarray(1) }, { bytes: Uint8Array.of(2) }],
  ])('%j and %j are the same', (a, b) => {
    expect(isSame(a, b)).toBe(true)
  })

  it.each<[unknown, unknown]>([
    [1, '1'],
    [null, undefined],
    [null, {}],
    [[1], [1, 2]],
    [[], {}],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: null }],
    [Uint8Array.of(1), Uint8Array.of(2)],
    [Uint8Array.of(1), [1]],
    [Uint8Array.of(), {}],
  ])('%j and %j are not the same', (a, b) => {
    expect(isSame(a, b)).toBe(false)
    expect(isSame(b, a)).toBe(false)
  })
})

describe('what a broken contract says', () => {
  it('is short, whatever the values are', () => {
    expect(shown({ bytes: new Uint8Array(1000).fill(7) })).toBe(
      '{"bytes":"1000 bytes: 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 …"}',
    )
    expect(shown(undefined)).toBe('undefined')
    expect(shown('x'.repeat(1000)).length).toBeLessThan(320)
  })

  it('names what should be, what was expected and what was found', async () => {
    expect(() => mustBe([1], [2], 'its number')).toThrow(new ContractBroken('its number: expected [2], found [1]'))
    const closed = { name: 'StorageError', code: 'closed' }
    await expect(mustReject(Promise.resolve(), closed, 'a write')).rejects.toThrow(
      'a write: expected "StorageError (closed)", found "it resolved"',
    )
    await expect(mustReject(Promise.reject(new TypeError('no')), closed, 'a write')).rejects.toThrow(
      'a write: expected "StorageError (closed)", found "TypeError (undefined)"',
    )
    await expect(mustReject(Promise.reject('no'), closed, 'a write')).rejects.toThrow('found "no"')
    await mustReject(Promise.reject(closed), closed, 'a write')
  })
})
