// @ts-check
/** The account page: its bar, and times in the reader's time zone. */

import { bindSideBar } from '../../ui/side-bar.js';

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time')) {
  time.title = time.textContent ?? '';
  time.textContent = format.format(new Date(time.dateTime));
}

bindSideBar();
