// @ts-check
/** Places in a workspace's log, such as "a1b2c3d4-812": which of two comes later. Pure. */

const FORM = /^([0-9a-f]{8})-([0-9]{1,15})$/;

/**
 * @param {string} id
 * @returns {{epoch: string, seq: number} | null}  null for what is no cursor
 */
export function parseCursor(id) {
  const [, epoch, digits] = FORM.exec(id) ?? [];
  return epoch ? { epoch, seq: Number(digits) } : null;
}

/**
 * Whether `id` is news to whoever has all up to `known`. Of two lives of a log (two epochs) neither contains the
 * other, so there it is news; the same goes for what cannot be compared.
 *
 * @param {string} id
 * @param {string} known
 */
export function isLater(id, known) {
  const [one, other] = [parseCursor(id), parseCursor(known)];
  if (!one || !other) return id !== known;
  return one.epoch !== other.epoch || one.seq > other.seq;
}
