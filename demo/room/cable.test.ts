import type { LinkOptions } from 'epaxos'
import { localNetwork } from 'epaxos/transport/local'
import { expect, it } from 'vitest'
import { Cable } from './cable.js'

const optionsOf = (letter: string): LinkOptions => ({
  relay: undefined,
  room: 'room',
  self: { replica: letter.repeat(32), incarnation: 1 },
})

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

it('lets nothing through either way while it is cut, and everything before and after', async () => {
  const { transport } = localNetwork()
  const cable = new Cable(transport)
  const [a, b] = [optionsOf('a'), optionsOf('b')]
  const here = cable.transport(a)
  const there = transport(b)
  const heard: string[] = []
  here.onMessage((_, [byte]) => heard.push(`here ${byte}`))
  there.onMessage((_, [byte]) => heard.push(`there ${byte}`))
  await turn()
  const talk = async (byte: number): Promise<readonly string[]> => {
    here.send(b.self, Uint8Array.of(byte))
    here.sendAll([b.self], Uint8Array.of(byte))
    there.send(a.self, Uint8Array.of(byte))
    await turn()
    return heard.splice(0).sort()
  }
  expect(await talk(1)).toEqual(['here 1', 'there 1', 'there 1'])
  cable.cut = true
  expect(await talk(2)).toEqual([])
  // Neither end was told.
  for (const link of [here, there]) expect(link.status()).toMatchObject({ state: 'open', peers: [{ kind: 'local' }] })
  cable.cut = false
  expect(await talk(3)).toEqual(['here 3', 'there 3', 'there 3'])
  here.close()
  there.close()
})
