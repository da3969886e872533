// @ts-check
/** Cursors, which are positions in a workspace's event log such as "a1b2c3d4-812": parsed and compared. Pure. */

const FORMAT = /^([0-9a-f]{8})-([0-9]{1,15})$/;

/** The frames whose id is a new cursor; all others carry the cursor of the frame before. */
export const CURSOR_FRAMES = new Set(['event', 'alert', 'reset']);

/**
 * @param {string} id
 * @returns {{epoch: string, seq: number} | null}  null if it is not a cursor
 */
export function parseCursor(id) {
  const [, epoch, digits] = FORMAT.exec(id) ?? [];
  return epoch ? { epoch, seq: Number(digits) } : null;
}

/**
 * Whether an event at `id` is new to a client that has everything up to `known`. Two epochs are two logs, of which
 * neither contains the other, so an event of another epoch is new; so is what cannot be compared.
 *
 * @param {string} id
 * @param {string} known
 */
export function isLater(id, known) {
  const [one, other] = [parseCursor(id), parseCursor(known)];
  if (!one || !other) return id !== known;
  return one.epoch !== other.epoch || one.seq > other.seq;
}
