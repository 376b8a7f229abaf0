/** The shortest list that still fails, as far as leaving out one stretch after the other finds it. */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (items: readonly Item[]) => Promise<boolean>,
): Promise<readonly Item[]> {
  let best = items
  for (let stretch = best.length >> 1; stretch >= 1; stretch >>= 1) {
    for (let at = 0; at < best.length; ) {
      const without = [...best.slice(0, at), ...best.slice(at + stretch)]
      if (without.length < best.length && (await fails(without))) best = without
      else at += stretch
    }
  }
  return best
}
