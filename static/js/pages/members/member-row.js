// @ts-check
/** One row of the list of members: filled in, with a role that can be chosen anew and is saved only when told to. */

import { write } from '../admin/row-list.js';

/**
 * @typedef {import('./member-api.js').Member} Member
 *
 * @typedef {object} Reader  who looks
 * @property {string} id
 * @property {string[]} roles  that they may give and take
 * @property {boolean} handsLinksOver  whether they make links for new passwords: owners do, where no mail is sent
 */

/**
 * @param {HTMLElement} row
 * @param {Member} member
 * @param {Reader} reader
 * @param {import('../admin/moment-words.js').MomentWords} words
 * @param {number} now
 */
export function fillRow(row, member, reader, words, now) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
  const mayChange = reader.roles.includes(member.role);
  write(row, '.member-name', member.name);
  write(row, '.member-email', member.email);
  write(row, '.member-mark', markOf(member, reader));
  write(row, '.member-since', words.day(member.since), words.full(member.since));
  write(row, '.member-seen', words.used(member.lastSeen, now), words.full(member.lastSeen));
  const choice = choiceOf(row);
  for (const option of choice.options) option.disabled = !reader.roles.includes(option.value);
  choice.ariaLabel = `Role of ${member.name}`;
  choice.disabled = !mayChange;
  choice.title = mayChange ? '' : 'Who is an owner is for owners to say';
  // What somebody is about to choose is left alone while the list is renewed.
  if (!isChosenAnew(row)) choice.value = choice.dataset.saved = member.role;
  part('.member-save').ariaLabel = `Save the role of ${member.name}`;
  part('.member-save').hidden = !isChosenAnew(row);
  part('.member-reset').ariaLabel = `Make ${member.name} a link for a new password`;
  part('.member-reset').hidden = !reader.handsLinksOver || !member.active || member.userId === reader.id;
  part('.member-remove').ariaLabel = `Remove ${member.name}`;
  part('.member-remove').hidden = !mayChange;
}

/** @param {HTMLElement} row */
export const choiceOf = (row) => /** @type {HTMLSelectElement} */ (row.querySelector('.member-choice'));

/** The role on the page becomes the saved one. @param {HTMLElement} row */
export function forgetChoice(row) {
  choiceOf(row).dataset.saved = choiceOf(row).value;
}

/** @param {HTMLElement} row */
function isChosenAnew(row) {
  const { value, dataset } = choiceOf(row);
  return dataset.saved !== undefined && dataset.saved !== value;
}

/**
 * @param {Member} member
 * @param {Reader} reader
 */
function markOf({ userId, active }, { id }) {
  if (!active) return 'Kept out';
  return userId === id ? 'You' : '';
}
