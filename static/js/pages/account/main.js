// @ts-check
/** The account page: its bar, and times in the time zone of the browser, since an account has none of its own. */

import { Clock } from '../../ui/clock.js';
import { byId } from '../../ui/dom.js';
import { bindSideBar } from '../../ui/side-bar.js';

const clock = new Clock(new Intl.DateTimeFormat().resolvedOptions().timeZone);

for (const time of document.querySelectorAll('time')) {
  time.textContent = clock.day(time.dateTime);
  time.title = clock.full(time.dateTime);
}
byId('session-zone').textContent = `Times are in ${clock.zone}`;

bindSideBar();
