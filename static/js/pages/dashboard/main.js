// @ts-check
/** The dashboard: brings the live client and the parts of the page together. */

import { Announcer } from './announcer.js';
import { Badge } from './badge.js';
import { CatchingUp } from './catching-up.js';
import { Clock } from '../../ui/clock.js';
import { connectionWords } from './connection-words.js';
import { bindCopyButtons } from '../../ui/copy-button.js';
import { feedRow } from './feed-row.js';
import { FeedPanel } from './feed-panel.js';
import { exact } from '../../ui/figure.js';
import { Figures } from './figures.js';
import { Freshness } from './freshness.js';
import { otherScreen } from './kiosk.js';
import { Latency } from '../../ui/latency.js';
import { Notices } from '../../ui/notices.js';
import { readPageData } from './page-data.js';
import { bindPopovers } from '../../ui/popover.js';
import { Presence } from './presence.js';
import { askServerTime } from '../../ui/server-time.js';
import { Shortcuts } from './shortcuts.js';
import { SignInDialog } from './sign-in-dialog.js';
import { Status } from './status.js';
import { bindTheme, localStorageOrNull, switchTheme } from '../../ui/theme.js';
import { TrackDialog } from './track-dialog.js';
import { TypeCounts } from './type-counts.js';
import { environmentWith } from '../../client/environment.js';
import { RealtimeAnalytics } from '../../client/realtime-analytics.js';
import { ServerClock } from '../../client/server-clock.js';

/** @import {Stats} from '../../client/api.js' */

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const COMPARE_EVERY = 600_000; // milliseconds: clocks drift
const COMPARE_AGAIN_AFTER = 5000;

const page = readPageData();
const environment = environmentWith();
const clock = new Clock(page.workspace.timezone);
const figures = new Figures(part('now'), page, clock);
const counts = new TypeCounts(part('counts'));
const serverClock = new ServerClock();
const latency = new Latency();
const catchingUp = new CatchingUp();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let nextComparison;
const feed = new FeedPanel(part('feed'), {
  workspace: page.workspace.slug,
  dialog: /** @type {HTMLDialogElement} */ (part('event-dialog')),
  describe: (event) => feedRow(event, page.members, clock),
  clock,
  onDrawn: (events) => {
    const shownAt = Date.now();
    for (const { timestamp } of events) if (!catchingUp.wasMissed(timestamp)) latency.shown(timestamp, shownAt);
  },
  environment,
});
const presence = new Presence(part('lively'), part('here'), { workspace: page.workspace.slug, clock, environment });
const badge = new Badge(part('badge'), part('connection-panel'));
const notices = new Notices(part('notices'));
const announcer = new Announcer(part('announcements'), Date.now());
const freshness = new Freshness(page.stats.timestamp, Date.now());
const reconnect = () => live.reconnect();
const status = new Status(
  { badge, notices, announcer, clock, now: part('now') },
  { 'signed-out': { label: 'Sign in', onPress: () => signIn.open() } },
);

/** @param {Stats} stats */
function showFigures(stats) {
  figures.show(stats);
  counts.show(stats);
  feed.offerTypes(Object.keys(stats.eventCounts));
}

function showStatus() {
  const now = Date.now();
  const { timestamp } = freshness;
  const areFiguresLate = freshness.areFiguresLate(now);
  const median = latency.median(now, serverClock.offset);
  const words = connectionWords(live.state, {
    now,
    heardAt: clock.time(timestamp),
    areFiguresLate,
    latency: median,
    catchingUp: catchingUp.count(now),
  });
  status.show(words, live.state, timestamp, now, median);
}

/** Without the server's time nobody can say how long an event took: asked again until there is an answer. */
async function compareClocks() {
  clearTimeout(nextComparison);
  const answer = await askServerTime(page.workspace.slug, environment);
  if (answer) serverClock.addSample(answer.requestedAt, answer.respondedAt, answer.serverTime);
  if (answer || live.isConnected) compareLater(answer ? COMPARE_EVERY : COMPARE_AGAIN_AFTER);
}

/** @param {number} milliseconds */
function compareLater(milliseconds) {
  clearTimeout(nextComparison);
  nextComparison = setTimeout(() => !document.hidden && compareClocks(), milliseconds);
}

const live = new RealtimeAnalytics(page.workspace.id, {
  maxReconnectAttempts: Infinity,
  lastEventId: page.lastEventId,
  compare: true,
  onStateChange: showStatus,
  onConnect: ({ statsInterval = Infinity, timestamp }) => {
    freshness.expectEvery(statsInterval, Date.now());
    figures.connected(Date.parse(timestamp));
    catchingUp.opened(timestamp);
    compareClocks();
  },
  onStatsUpdate: (stats) => {
    freshness.heard(stats.timestamp, Date.now());
    showFigures(stats);
    announcer.figures(stats, Date.now());
    badge.beat();
    showStatus();
  },
  onEvent: (event) => {
    feed.add(event);
    catchingUp.heard(event.timestamp, Date.now());
    badge.beat();
  },
  onReset: () => feed.addGap('Some events are not shown here: they are older than what the server keeps.'),
});

showFigures(page.stats);
presence.show(page.presence);
feed.begin(page.events, [...page.eventTypes.map(({ name }) => name), ...Object.keys(page.stats.eventCounts)]);
showStatus();
setInterval(showStatus, 1000); // the countdown

const signIn = new SignInDialog(/** @type {HTMLDialogElement} */ (part('sign-in-dialog')), {
  onSignedIn: reconnect,
  onSomebodyElse: () => location.reload(),
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  compareClocks();
  if (live.state.phase === 'signed-out') reconnect(); // signed in again in another tab, perhaps
});

bindTheme(part('theme-menu'), localStorageOrNull());
bindPopovers(document);
bindCopyButtons(document);
part('reconnect').addEventListener('click', reconnect);

const dialog = document.getElementById('track-dialog'); // absent for those who may only look
if (dialog instanceof HTMLDialogElement) {
  const track = new TrackDialog(dialog, {
    eventTypes: page.eventTypes,
    track: (type, data) => live.trackEvent(type, data),
    onTracked: ({ eventType, seq }) =>
      notices.pass({ tone: 'good', text: `${eventType} is recorded as event number ${exact(seq)}.` }),
  });
  part('track').addEventListener('click', () => track.open());
}

const shortcuts = new Shortcuts(
  /** @type {HTMLDialogElement} */ (part('shortcuts-dialog')),
  {
    p: () => feed.togglePause(),
    f: () => feed.focusFilter(),
    n: () => document.getElementById('track')?.click(), // absent for those who may only look
    c: () => part('choose-cards').click(),
    r: reconnect,
    t: () => switchTheme(part('theme-menu')),
    k: () => location.assign(otherScreen(location.href)),
  },
  localStorageOrNull(),
);
part('shortcuts').addEventListener('click', () => shortcuts.open());
