// @ts-check
/** The dashboard: connects the live client to the parts of the page. */

import { environmentWith } from '../../client/environment.js';
import { RealtimeAnalytics } from '../../client/realtime-analytics.js';
import { ServerClock } from '../../client/server-clock.js';
import { Clock } from '../../ui/clock.js';
import { bindCopyButtons } from '../../ui/copy-button.js';
import { byId } from '../../ui/dom.js';
import { fetchServerTime } from '../../ui/http.js';
import { Notices } from '../../ui/notices.js';
import { fullNumber } from '../../ui/number-format.js';
import { bindPopovers } from '../../ui/side-bar.js';
import { bindTheme, localStorageOrNull, switchTheme } from '../../ui/theme.js';
import { Announcer } from './announcer.js';
import { ConnectionBadge } from './connection-badge.js';
import { ConnectionStatus } from './connection-status.js';
import { connectionText } from './connection-text.js';
import { FeedPanel } from './feed-panel.js';
import { feedRow } from './feed-row.js';
import { MetricsSection } from './metrics-section.js';
import { readDashboardData } from './page-data.js';
import { PageState } from './page-state.js';
import { Presence } from './presence.js';
import { Shortcuts } from './shortcuts.js';
import { SignInDialog } from './sign-in-dialog.js';
import { BackfillProgress, EventLatency, StatsAge } from './timeliness.js';
import { TrackDialog } from './track-dialog.js';
import { TypeCounts } from './type-counts.js';

/** @import {DashboardStats} from './metric-text.js' */

const CLOCK_INTERVAL = 600_000; // milliseconds; clocks drift
const CLOCK_RETRY_AFTER = 5000;

const page = readDashboardData();
const environment = environmentWith();
const state = new PageState();
const clock = new Clock(page.workspace.timezone);
const metrics = new MetricsSection(byId('now'), page, clock, environment);
const counts = new TypeCounts(byId('counts'));
const serverClock = new ServerClock();
const latency = new EventLatency();
const backfill = new BackfillProgress();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let clockTimer;
const feed = new FeedPanel(byId('feed'), {
  workspace: page.workspace.slug,
  state,
  dialog: byId('event-dialog', HTMLDialogElement),
  describe: (event) => feedRow(event, page.members, clock),
  clock,
  onDrawn: (events) => {
    const shownAt = Date.now();
    for (const { timestamp } of events) if (!backfill.wasMissed(timestamp)) latency.addSample(timestamp, shownAt);
  },
  environment,
});
const presence = new Presence(byId('lively'), byId('here'), { workspace: page.workspace.slug, clock, environment });
const badge = new ConnectionBadge(byId('badge'), byId('connection-panel'));
const notices = new Notices(byId('notices'));
const announcer = new Announcer(byId('announcements'), Date.now());
const statsAge = new StatsAge(page.stats.timestamp, Date.now());
const reconnect = () => live.reconnect();
const status = new ConnectionStatus(
  { badge, notices, announcer, clock, now: byId('now') },
  { 'signed-out': { label: 'Sign in', onPress: () => signIn.open() } },
);

/** @param {DashboardStats} stats */
function showStats(stats) {
  metrics.show(stats);
  counts.show(stats);
  feed.addTypes(Object.keys(stats.eventCounts));
}

function showStatus() {
  const now = Date.now();
  const { timestamp } = statsAge;
  const median = latency.median(now, serverClock.offset);
  const text = connectionText(live.state, {
    now,
    statsTime: clock.time(timestamp),
    areStatsLate: statsAge.areLate(now),
    latency: median,
    backfilled: backfill.count(now),
  });
  status.show(text, live.state, timestamp, now, median);
}

/** Without the offset of the server's clock no latency is known, so a failed comparison is repeated soon. */
async function compareClocks() {
  clearTimeout(clockTimer);
  const sample = await fetchServerTime(page.workspace.slug, environment);
  if (sample) serverClock.addSample(sample.requestedAt, sample.respondedAt, sample.serverTime);
  if (sample || live.isConnected) scheduleComparison(sample ? CLOCK_INTERVAL : CLOCK_RETRY_AFTER);
}

/** @param {number} milliseconds */
function scheduleComparison(milliseconds) {
  clearTimeout(clockTimer);
  clockTimer = setTimeout(() => !document.hidden && compareClocks(), milliseconds);
}

const live = new RealtimeAnalytics(page.workspace.id, {
  maxReconnectAttempts: Infinity,
  lastEventId: page.lastEventId,
  compare: true,
  onStateChange: showStatus,
  onConnect: ({ statsInterval = Infinity, timestamp }) => {
    statsAge.expectEvery(statsInterval, Date.now());
    metrics.onConnect(Date.parse(timestamp));
    backfill.streamOpened(timestamp);
    compareClocks();
  },
  onStatsUpdate: (stats) => {
    statsAge.received(stats.timestamp, Date.now());
    showStats(stats);
    announcer.stats(stats, Date.now());
    badge.pulse();
    showStatus();
  },
  onEvent: (event) => {
    feed.add(event);
    backfill.received(event.timestamp, Date.now());
    badge.pulse();
  },
  onReset: () => feed.addGap('Some events are not shown here: they are older than what the server keeps.'),
});

showStats(page.stats);
presence.show(page.presence);
feed.start(page.events, [...page.eventTypes.map(({ name }) => name), ...Object.keys(page.stats.eventCounts)]);
showStatus();
setInterval(showStatus, 1000); // the countdown to the next attempt

const signIn = new SignInDialog(byId('sign-in-dialog', HTMLDialogElement), {
  onSignedIn: reconnect,
  onOtherUser: () => location.reload(),
  environment,
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  compareClocks();
  if (live.state.phase === 'signed-out') reconnect(); // perhaps signed in again in another tab
});

bindTheme(byId('theme-menu'), localStorageOrNull());
bindPopovers(document);
bindCopyButtons(document);
byId('reconnect').addEventListener('click', reconnect);

const dialog = document.getElementById('track-dialog'); // absent for roles that may not track
if (dialog instanceof HTMLDialogElement) {
  const track = new TrackDialog(dialog, {
    eventTypes: page.eventTypes,
    track: (type, data) => live.trackEvent(type, data),
    onTracked: ({ eventType, seq }) =>
      notices.pass({ tone: 'good', text: `${eventType} is recorded as event number ${fullNumber(seq)}.` }),
  });
  byId('track').addEventListener('click', () => track.open());
}

const shortcuts = new Shortcuts(
  byId('shortcuts-dialog', HTMLDialogElement),
  {
    p: () => feed.togglePause(),
    f: () => feed.focusFilter(),
    n: () => document.getElementById('track')?.click(), // absent for roles that may not track
    c: () => byId('choose-cards').click(),
    r: reconnect,
    t: () => switchTheme(byId('theme-menu')),
    k: () => location.assign(toggledKiosk(location.href)),
  },
  localStorageOrNull(),
);
byId('shortcuts').addEventListener('click', () => shortcuts.open());
if (document.body.hasAttribute('data-kiosk')) keepAwake();

/** The address of this page as a kiosk (a screen on a wall), or from there back. @param {string} address */
function toggledKiosk(address) {
  const url = new URL(address);
  if (url.searchParams.get('kiosk') === '1') url.searchParams.delete('kiosk');
  else url.searchParams.set('kiosk', '1');
  return url.href;
}

/** Holds a screen wake lock, which a browser releases whenever the page is hidden and does not take again by itself. */
function keepAwake() {
  /** @type {{wakeLock?: WakeLock}} */
  const { wakeLock } = navigator; // not in all browsers: there the settings of the screen have to do it
  const request = () => document.visibilityState === 'visible' && wakeLock?.request('screen').catch(() => {});
  document.addEventListener('visibilitychange', request);
  request();
}
