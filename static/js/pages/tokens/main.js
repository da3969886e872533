// @ts-check
/** The page of API tokens: brings the list, the two dialogs and the API together, and keeps the list true. */

import { AdminPage } from '../admin/admin-page.js';
import { Question } from '../admin/question.js';
import { RowList } from '../admin/row-list.js';
import { bindCopyButtons } from '../../ui/copy-button.js';
import { commandFor } from './curl-command.js';
import { MadeToken } from './made-token.js';
import { MakeDialog } from './make-dialog.js';
import { MomentWords } from '../admin/moment-words.js';
import { revokeWords } from './revoke-words.js';
import { TokenApi } from './token-api.js';
import { fillRow } from './token-row.js';

/** Milliseconds: the server notes a use to the minute. */
const REFRESH_EVERY = 30_000;

/** @typedef {import('./token-api.js').Token} Token */
/** @type {AdminPage<{workspace: {slug: string, timezone: string}, tokens: Token[]}>} */
const page = new AdminPage();
const place = { origin: location.origin, slug: page.slug };
const words = new MomentWords(page.clock.zone);
const api = new TokenApi(page.slug, page.environment);

/** @type {RowList<Token>} */
const list = new RowList(page.part('tokens'), {
  key: (token) => token.id,
  fill: (row, token) => fillRow(row, token, words, Date.now()),
  acts: { '.token-revoke': (token) => revoke.open(token) },
});
const made = new MadeToken(page.part('made'), place, { onDone: () => page.part('new-token').focus() });
const make = new MakeDialog(page.dialog('make-dialog'), {
  words,
  make: (wanted) => api.make(wanted),
  onMade: (token) => {
    made.show(token);
    list.put(token);
  },
});
/** @type {Question<Token>} */
const revoke = new Question(page.dialog('revoke-dialog'), {
  ask: (token) => revokeWords(token, words, Date.now()),
  act: (token) => api.revoke(token.id),
  onDone: (token) => {
    made.forget(token.id);
    const next = list.remove(token)?.querySelector('.token-revoke');
    /** @type {HTMLElement} */ (next ?? page.part('new-token')).focus();
    page.say(`“${token.name}” is revoked.`);
  },
});

page.part('empty-command').textContent = commandFor({ scopes: ['events:write'] }, place);
list.show(page.data.tokens);
page.part('new-token').addEventListener('click', () => make.open(Date.now()));
bindCopyButtons(document);
// Others make and revoke tokens too, and tokens get used.
page.keepTrue(() => list.renew(() => api.list()), { every: REFRESH_EVERY, what: 'This list is' });
