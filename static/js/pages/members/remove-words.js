// @ts-check
/** What there is to consider before a member is removed. Pure. */

/**
 * @param {import('./member-api.js').Member} member
 * @param {string} self  the id of whoever asks
 */
export function removeWords({ userId, name, email }, self) {
  if (userId === self) {
    return {
      title: 'Leave this workspace?',
      detail: email,
      words: 'Your tokens for it end at once, and your streams within a second. Only somebody else can add you again.',
    };
  }
  return {
    title: `Remove ${name}?`,
    detail: email,
    words: 'Their tokens for this workspace end at once, and their streams within a second. Their events stay.',
  };
}
