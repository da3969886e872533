// @ts-check
/** What is said of a link that was just made. Pure. */

/**
 * @param {import('./invitation-api.js').MadeInvitation} made
 * @param {boolean} sendsMail
 */
export function invitationWords({ email, role, url }, sendsMail) {
  const mailed = sendsMail ? `A mail is on its way to ${email}. You may also hand this link over yourself: it` : `Send this link to ${email}. It`;
  return {
    title: `${email} is invited as ${role}`,
    words: `${mailed} works once, within seven days, and makes nobody a member before they have accepted. It is not shown again.`,
    url,
  };
}

/**
 * @param {import('./member-api.js').Member} member
 * @param {string} url
 */
export function resetWords({ name, email }, url) {
  return {
    title: `A new password for ${name}`,
    words: `Send this link to ${name} (${email}) only: whoever opens it sets their password. It works once, within an hour, and is not shown again.`,
    url,
  };
}
