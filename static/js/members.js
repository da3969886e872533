// @ts-check
/** The page of members: brings the list, the two dialogs and the API together, and keeps the list true. */

import { AdminPage } from './admin/admin-page.js';
import { dealtOut } from './admin/faults.js';
import { FormDialog } from './admin/form-dialog.js';
import { Question } from './admin/question.js';
import { RowList } from './admin/row-list.js';
import { MemberApi } from './members/member-api.js';
import { choiceOf, fillRow, forgetChoice } from './members/member-row.js';
import { removeWords } from './members/remove-words.js';
import { MomentWords } from './admin/moment-words.js';

const REFRESH_EVERY = 30_000; // milliseconds
const FIELDS = ['email', 'role'];

/** @typedef {import('./members/member-api.js').Member} Member */
/** @type {AdminPage<{workspace: {slug: string, timezone: string}, members: Member[], self: string, roles: string[]}>} */
const page = new AdminPage();
const words = new MomentWords(page.clock.zone);
const api = new MemberApi(page.slug, page.environment);
const reader = { id: page.data.self, roles: page.data.roles };

/** @type {RowList<Member>} */
const list = new RowList(page.part('members'), {
  key: (member) => member.userId,
  fill: (row, member) => {
    row.dataset.user = member.userId;
    fillRow(row, member, reader, words, Date.now());
  },
  order: (one, other) => (one.email < other.email ? -1 : 1),
  acts: { '.member-remove': (member) => remove.open(member), '.member-save': save },
});
/** @type {FormDialog<Member>} */
const add = new FormDialog(page.dialog('add-dialog'), {
  fields: FIELDS,
  faultsOf: (error) => dealtOut(error, FIELDS),
  save: (form) => api.add({ email: String(form.get('email') ?? ''), role: String(form.get('role')) }),
  onSaved: (member) => {
    list.put(member);
    page.say(`${member.name} belongs to this workspace now, as ${member.role}.`);
  },
});
/** @type {Question<Member>} */
const remove = new Question(page.dialog('remove-dialog'), {
  ask: (member) => removeWords(member, reader.id),
  act: (member) => api.remove(member.userId),
  onDone: (member) => {
    if (member.userId === reader.id) return location.assign('/');
    const next = list.remove(member)?.querySelector('.member-choice:enabled');
    /** @type {HTMLElement} */ (next ?? page.part('add-member')).focus();
    page.say(`${member.name} is removed.`);
  },
});

/** @param {Member} member */
async function save(member) {
  const row = rowOf(member);
  try {
    const changed = await api.changeRole(member.userId, choiceOf(row).value);
    forgetChoice(row);
    choiceOf(row).focus(); // the button goes
    if (changed.userId === reader.id) return location.reload(); // one may do more now, or less
    list.put(changed);
    page.say(`${changed.name} is ${changed.role} now.`);
  } catch (error) {
    page.complain(error);
  }
}

/** @param {Member} member */
function rowOf({ userId }) {
  return /** @type {HTMLElement} */ (page.part('members').querySelector(`[data-user="${userId}"]`));
}

list.show(page.data.members);
page.part('add-member').addEventListener('click', () => add.open());
// The button to save is there only when there is something to save.
page.part('members').addEventListener('change', ({ target }) => {
  const row = /** @type {HTMLElement} */ (target).closest('[data-user]');
  const member = list.items.find(({ userId }) => userId === row?.getAttribute('data-user'));
  if (row && member) fillRow(/** @type {HTMLElement} */ (row), member, reader, words, Date.now());
});
page.keepTrue(() => list.renew(() => api.list()), { every: REFRESH_EVERY, what: 'This list is' });
