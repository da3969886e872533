// @ts-check
/** The page of members: brings the two lists, the dialogs and the APIs together, and keeps the lists true. */

import { AdminPage } from '../admin/admin-page.js';
import { dealtOut } from '../admin/faults.js';
import { FormDialog } from '../admin/form-dialog.js';
import { Question } from '../admin/question.js';
import { RowList, write } from '../admin/row-list.js';
import { bindCopyButtons } from '../../ui/copy-button.js';
import { HandedLink } from './handed-link.js';
import { InvitationApi } from './invitation-api.js';
import { invitationWords, resetWords } from './link-words.js';
import { MemberApi } from './member-api.js';
import { choiceOf, fillRow, forgetChoice } from './member-row.js';
import { removeWords } from './remove-words.js';
import { MomentWords } from '../admin/moment-words.js';

const REFRESH_EVERY = 30_000; // milliseconds
const FIELDS = ['email', 'role'];

/** @typedef {import('./member-api.js').Member} Member */
/** @typedef {import('./invitation-api.js').Invitation} Invitation */
/**
 * @typedef {object} Facts
 * @property {{slug: string, timezone: string}} workspace
 * @property {Member[]} members
 * @property {Invitation[]} invitations
 * @property {string} self
 * @property {string[]} roles
 * @property {boolean} sendsMail
 */
/** @type {AdminPage<Facts>} */
const page = new AdminPage();
const words = new MomentWords(page.clock.zone);
const api = new MemberApi(page.slug, page.environment);
const invitationApi = new InvitationApi(page.slug, page.environment);
const { self, roles, sendsMail } = page.data;
const reader = { id: self, roles, handsLinksOver: roles.includes('owner') && !sendsMail };
const link = new HandedLink(page.part('link'), { onDone: () => page.part('add-member').focus() });

/** @type {RowList<Member>} */
const list = new RowList(page.part('members'), {
  key: (member) => member.userId,
  fill: (row, member) => {
    row.dataset.user = member.userId;
    fillRow(row, member, reader, words, Date.now());
  },
  order: (one, other) => (one.email < other.email ? -1 : 1),
  acts: {
    '.member-remove': (member) => remove.open(member),
    '.member-reset': (member) => reset.open(member),
    '.member-save': save,
  },
});
/** @type {RowList<Invitation>} */
const invitations = new RowList(page.part('invitations'), {
  key: (invitation) => invitation.id,
  fill: (row, { email, role, expiresAt }) => {
    write(row, '.invitation-email', email);
    write(row, '.invitation-role', role);
    write(row, '.invitation-until', words.day(expiresAt), words.full(expiresAt));
    /** @type {HTMLElement} */ (row.querySelector('.invitation-revoke')).ariaLabel = `Revoke the invitation of ${email}`;
  },
  order: (one, other) => (one.email < other.email ? -1 : 1),
  acts: { '.invitation-revoke': (invitation) => revoke.open(invitation) },
});
/** @type {FormDialog<import('./invitation-api.js').MadeInvitation>} */
const add = new FormDialog(page.dialog('add-dialog'), {
  fields: FIELDS,
  faultsOf: (error) => dealtOut(error, FIELDS),
  save: (form) =>
    invitationApi.invite({ email: String(form.get('email') ?? ''), role: String(form.get('role')) }),
  onSaved: (made) => {
    // Another invitation to the same address has taken the place of the one before.
    for (const old of invitations.items) if (old.email === made.email) invitations.remove(old);
    invitations.put(made);
    link.show(invitationWords(made, sendsMail));
  },
});
/** @type {Question<Invitation>} */
const revoke = new Question(page.dialog('revoke-dialog'), {
  ask: ({ email }) => ({ title: 'Revoke this invitation?', detail: email }),
  act: ({ id }) => invitationApi.revoke(id),
  onDone: (invitation) => {
    link.clear();
    const next = invitations.remove(invitation)?.querySelector('.invitation-revoke');
    /** @type {HTMLElement} */ (next ?? page.part('add-member')).focus();
    page.say(`The invitation of ${invitation.email} is revoked.`);
  },
});
let resetUrl = '';
/** @type {Question<Member>} */
const reset = new Question(page.dialog('reset-dialog'), {
  ask: ({ name, email }) => ({ title: `Make ${name} a link for a new password?`, detail: email }),
  act: async ({ userId }) => {
    resetUrl = await api.makeResetLink(userId);
  },
  onDone: (member) => link.show(resetWords(member, resetUrl)),
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
invitations.show(page.data.invitations);
bindCopyButtons(document);
page.part('add-member').addEventListener('click', () => add.open());
// The button to save is there only when there is something to save.
page.part('members').addEventListener('change', ({ target }) => {
  const row = /** @type {HTMLElement} */ (target).closest('[data-user]');
  const member = list.items.find(({ userId }) => userId === row?.getAttribute('data-user'));
  if (row && member) fillRow(/** @type {HTMLElement} */ (row), member, reader, words, Date.now());
});
page.keepTrue(
  async () => {
    await list.renew(() => api.list());
    await invitations.renew(() => invitationApi.list());
  },
  { every: REFRESH_EVERY, what: 'This list is' },
);
