// @ts-check
/** How long an answer asks its reader to stay away: `Retry-After`, in seconds or as an HTTP date. */

const SECONDS = /^[0-9]+$/;
const STARTS_WITH_A_DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * @param {Headers} headers
 * @param {number} now  milliseconds since 1970; used only where the answer has no `Date` of its own
 * @returns {number | null}  milliseconds from now, or null where the header is absent or makes no sense
 */
export function retryAfterOf(headers, now) {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (SECONDS.test(value)) return Number(value) * 1000;
  const then = httpDate(value);
  if (then === null) return null;
  // Measured by the server's clock on both sides: the reader's may be hours off.
  return Math.max(0, then - (httpDate(headers.get('date') ?? '') ?? now));
}

/**
 * @param {string} text
 * @returns {number | null}
 */
function httpDate(text) {
  if (!STARTS_WITH_A_DAY.test(text)) return null;
  // The oldest of the three forms names no zone; all of them mean UTC.
  const milliseconds = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
