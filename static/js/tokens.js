// @ts-check
/** The page of API tokens: brings the list, the two dialogs and the API together, and keeps the list true. */

import { Clock } from './dashboard/clock.js';
import { bindCopyButtons } from './dashboard/copy-button.js';
import { Notices } from './dashboard/notices.js';
import { bindPopovers } from './dashboard/popover.js';
import { bindTheme, localStorageOrNull } from './dashboard/theme.js';
import { environmentWith } from './environment.js';
import { commandFor } from './tokens/curl-command.js';
import { MadeToken } from './tokens/made-token.js';
import { MakeDialog } from './tokens/make-dialog.js';
import { MomentWords } from './tokens/moment-words.js';
import { RevokeDialog } from './tokens/revoke-dialog.js';
import { TokenApi } from './tokens/token-api.js';
import { TokenList } from './tokens/token-list.js';

/** Milliseconds: the server notes a use to the minute. */
const REFRESH_EVERY = 30_000;

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const dialog = (/** @type {string} */ id) => /** @type {HTMLDialogElement} */ (part(id));

/** @type {{workspace: {slug: string, timezone: string}, tokens: import('./tokens/token-api.js').Token[]}} */
const page = JSON.parse(part('page-data').textContent ?? '');
const place = { origin: location.origin, slug: page.workspace.slug };
const clock = new Clock(page.workspace.timezone);
const words = new MomentWords(clock.zone);
const api = new TokenApi(page.workspace.slug, environmentWith());
const notices = new Notices(part('notices'));
const signIn = { label: 'Sign in', href: `/login?next=${encodeURIComponent(location.pathname)}` };

const list = new TokenList(part('tokens'), words, { onRevoke: (token) => revoke.open(token) });
const made = new MadeToken(part('made'), place, { onDone: () => part('new-token').focus() });
const make = new MakeDialog(dialog('make-dialog'), {
  words,
  make: (wanted) => api.make(wanted),
  onMade: (token) => {
    made.show(token);
    list.add(token, Date.now());
  },
});
const revoke = new RevokeDialog(dialog('revoke-dialog'), {
  words,
  revoke: (token) => api.revoke(token.id),
  onRevoked: (token) => {
    made.forget(token.id);
    (list.remove(token.id) ?? part('new-token')).focus();
    notices.pass({ tone: 'good', text: `“${token.name}” is revoked.` });
  },
});

/** Others make and revoke tokens too, and tokens get used: a list that cannot be renewed says of when it is. */
async function refresh() {
  if (document.hidden) return;
  const asked = list.changes;
  try {
    const tokens = await api.list();
    if (list.changes === asked) list.show(tokens, Date.now());
    shownAt = Date.now();
    notices.clear('old');
  } catch (error) {
    const { status, message } = /** @type {import('./errors.js').PulseError} */ (error);
    const text = `This list is of ${clock.time(shownAt)}. ${message}`;
    notices.show('old', { tone: 'warn', text, action: status === 401 ? signIn : undefined });
  }
}

let shownAt = Date.now();
part('empty-command').textContent = commandFor({ scopes: ['events:write'] }, place);
list.show(page.tokens, shownAt);
setInterval(refresh, REFRESH_EVERY);
document.addEventListener('visibilitychange', refresh);
addEventListener('pageshow', ({ persisted }) => persisted && refresh());
part('new-token').addEventListener('click', () => make.open(Date.now()));

bindTheme(part('theme-menu'), localStorageOrNull());
bindPopovers(document);
bindCopyButtons(document);
