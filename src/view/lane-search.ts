/** Where in `items`, ordered by `key`, the first one is whose key is at least `least`. */
export const firstFrom = <Item>(items: readonly Item[], key: (item: Item) => number, least: number): number => {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (key(items[middle] as Item) < least) low = middle + 1
    else high = middle
  }
  return low
}

/** … and the first one whose key is more than `most`. */
export const firstAfter = <Item>(items: readonly Item[], key: (item: Item) => number, most: number): number => {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (key(items[middle] as Item) <= most) low = middle + 1
    else high = middle
  }
  return low
}
