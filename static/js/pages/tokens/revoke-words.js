// @ts-check
/** What there is to consider before a token is revoked. Pure. */

/**
 * @param {import('./token-api.js').Token} token
 * @param {import('../admin/moment-words.js').MomentWords} words
 * @param {number} now
 */
export function revokeWords({ name, prefix, lastUsedAt }, words, now) {
  const used = lastUsedAt === null ? 'It was never used.' : `It was last used ${words.used(lastUsedAt, now).toLowerCase()}.`;
  return {
    title: `Revoke “${name}”?`,
    detail: `${prefix}…`,
    words: `${used} Whatever still uses it is turned away within a second. This cannot be undone.`,
  };
}
