import { expect, it } from 'vitest'
import type { RecoveryRule } from '../core/index.js'
import { reachable, recoveryRules } from './rules.js'

it.each<[number, readonly RecoveryRule[]]>([
  [1, recoveryRules.filter((rule) => !['committed', 'accepted', 'coordinator'].includes(rule))],
  [2, recoveryRules.filter((rule) => !['committed', 'accepted', 'coordinator'].includes(rule))],
  [3, ['opposed', 'tight', 'overtaken', 'rival']],
  [4, ['opposed', 'tight', 'overtaken', 'rival']],
  [5, []],
  [6, ['opposed', 'overtaken', 'rival']],
  [7, []],
  [9, []],
])('in a group of %i these cases of recovery cannot come up: %j', (n, never) => {
  expect(recoveryRules.filter((rule) => !reachable(rule, n))).toEqual(never)
})
