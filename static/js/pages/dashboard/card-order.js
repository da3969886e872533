// @ts-check
/** The cards in their order. Pure. */

/**
 * The list with the item at `from` moved by `step`; the same list where that would leave it.
 * @template T
 * @param {T[]} list
 * @param {number} from
 * @param {-1 | 1} step
 */
export function moved(list, from, step) {
  const to = from + step;
  if (to < 0 || to >= list.length) return list;
  const next = [...list];
  [next[from], next[to]] = [next[to], next[from]];
  return next;
}
