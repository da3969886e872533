// @ts-check
/** The page of one's own account: the bar, and moments as the reader's clock shows them. */

import { bindSideBar } from '../../ui/side-bar.js';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time')) {
  time.title = time.textContent ?? '';
  time.textContent = moment.format(new Date(time.dateTime));
}

bindSideBar();
