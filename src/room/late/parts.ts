import { directLinks, Late, relayedLinks, sealing } from '../../transport/index.js'

// What a room opens, and takes proposals, without: each in a file of its own when it is built.

/** What is first needed some seconds after the start: it is asked for when the room is open. */
export const following: Late<typeof import('./following.js')> = /* @__PURE__ */ new Late(
  'choosing voters, removing members and giving advice',
  () => import('./following.js'),
)

/** What members say to each other: it is needed once there is a link. */
export const exchanging: Late<typeof import('./exchanging.js')> = /* @__PURE__ */ new Late(
  'what members say to each other',
  () => import('./exchanging.js'),
)

/** What a link that leaves the process can't be without: its seal, and what is said over it. Never one of them alone. */
export const connecting: Late<Awaited<ReturnType<typeof sealing.load>>> = /* @__PURE__ */ new Late(
  'talking with other members',
  async () => (await Promise.all([sealing.load(), exchanging.load()]))[0],
)

/** For rooms with a logger or a meter. */
export const reporting: Late<typeof import('../reporting.js')> = /* @__PURE__ */ new Late(
  'logging and measuring',
  () => import('../reporting.js'),
)

/** The member is used by several tabs: both sides of that. */
export const sharedTabs: Late<typeof import('./shared-tabs.js')> = /* @__PURE__ */ new Late(
  'sharing a member between tabs',
  () => import('./shared-tabs.js'),
)

/** Everything: for who wants nothing to come later, as where time is virtual. @throws NotLoaded */
export const loadAll = async (): Promise<void> => {
  const all: readonly Late<unknown>[] = [following, reporting, sharedTabs, connecting, relayedLinks, directLinks]
  await Promise.all(all.map((part) => part.load()))
}
