// @ts-check
/** The dashboard: connects the live client to the parts of the page. */

import { parseCursor } from '../../client/cursor.js';
import { environmentWith } from '../../client/environment.js';
import { RealtimeAnalytics } from '../../client/realtime-analytics.js';
import { ServerClock } from '../../client/server-clock.js';
import { Clock } from '../../ui/clock.js';
import { bindCopyButtons } from '../../ui/copy-button.js';
import { byId, query } from '../../ui/dom.js';
import { enableControls } from '../../ui/enable-controls.js';
import { fetchServerTime } from '../../ui/http.js';
import { Notices } from '../../ui/notices.js';
import { fullNumber } from '../../ui/number-format.js';
import { bindPopovers } from '../../ui/side-bar.js';
import { bindTheme, localStorageOrNull, switchTheme } from '../../ui/theme.js';
import { Announcer } from './announcer.js';
import { BreakdownPanel } from './breakdown-panel.js';
import { ChangesPanel } from './changes-panel.js';
import { amountStep } from './chart-range.js';
import { ConnectionBadge } from './connection-badge.js';
import { ConnectionStatus } from './connection-status.js';
import { connectionText } from './connection-text.js';
import { FeedPanel } from './feed-panel.js';
import { feedRow } from './feed-row.js';
import { FeedSource } from './feed-source.js';
import { FilterBar } from './filter-bar.js';
import { MetricsApi } from './metrics-api.js';
import { MetricsSection } from './metrics-section.js';
import { readDashboardData } from './page-data.js';
import { timeRangeOf, viewText } from './page-range.js';
import { PageState } from './page-state.js';
import { Presence } from './presence.js';
import { RangePicker } from './range-picker.js';
import { Shortcuts } from './shortcuts.js';
import { SignInDialog } from './sign-in-dialog.js';
import { BackfillProgress, EventLatency, StatsAge } from './timeliness.js';
import { TrackDialog } from './track-dialog.js';
import { toggledKiosk, WallScreen } from './wall-screen.js';

/**
 * @import {ConnectionText} from './connection-text.js'
 * @import {FeedEvent} from './feed.js'
 * @import {DashboardStats} from './metric-text.js'
 */

const CLOCK_INTERVAL = 600_000; // milliseconds; clocks drift
const CLOCK_RETRY_AFTER = 5000;

const page = readDashboardData();
const environment = environmentWith();
const state = new PageState();
const clock = new Clock(page.workspace.timezone);
const api = new MetricsApi(page.workspace.slug, environment);
const metrics = new MetricsSection(byId('now'), { page, clock, api, state });
new RangePicker(byId('asks'), state, clock.zone);
const filter = new FilterBar(byId('asks'), state, {
  members: page.members,
  channels: () => new FeedSource(page.workspace.slug, environment).channels(),
});
const breakdown = new BreakdownPanel(byId('breakdown'), { workspace: page.workspace.slug, state, clock, environment });
const changes = new ChangesPanel(byId('changes-dialog', HTMLDialogElement), {
  workspace: page.workspace.slug,
  state,
  clock,
  environment,
});
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
  countEvents: async ({ type, user, channel }, { since, until }) => {
    const time = { since, until, step: amountStep({ since, until }) };
    const of = type || 'events';
    return (await api.activity({ of, time, filter: { user, channel }, compare: 'none', timeZone: clock.zone })).total;
  },
  environment,
});
const presence = new Presence(byId('here'), { workspace: page.workspace.slug, clock, environment });
const badge = new ConnectionBadge(byId('badge'), byId('connection-panel'));
const notices = new Notices(byId('notices'));
const announcer = new Announcer(byId('announcements'), Date.now());
const statsAge = new StatsAge(page.stats.timestamp, Date.now());
const reconnect = () => live.reconnect();
const status = new ConnectionStatus(
  { badge, notices, announcer, clock, main: query(document, 'main') },
  { 'signed-out': { label: 'Sign in', onPress: () => signIn.open() } },
);

/** @param {DashboardStats} stats */
function showStats(stats) {
  metrics.show(stats);
  filter.addTypes(Object.keys(stats.eventCounts));
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
  status.show(ofThen(text, now), live.state, timestamp, now, median);
}

/**
 * What the badge says while the page is live but shows the past.
 * @param {ConnectionText} text
 * @param {number} now
 * @returns {ConnectionText}
 */
function ofThen(text, now) {
  const isPast = !timeRangeOf(state.view, now, clock.zone).isOpen;
  byId('now').toggleAttribute('data-past', isPast);
  byId('badge').toggleAttribute('data-past', isPast);
  if (!isPast || text.condition !== 'live') return text;
  const word = viewText(state.view, now, clock.zone);
  return { ...text, tone: '', word, detail: '', sentence: `The page shows the past: ${word}. It is connected.` };
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
  onEvent: (event, id) => {
    feed.add({ ...event, seq: parseCursor(id)?.seq });
    metrics.add(event, backfill.wasMissed(event.timestamp));
    breakdown.notice();
    backfill.received(event.timestamp, Date.now());
    badge.pulse();
  },
  onReset: () => feed.addGap('Some events are not shown here: they are older than what the server keeps.'),
});

showStats(page.stats);
presence.show(page.presence);
breakdown.start(page.breakdown);
filter.addTypes(page.eventTypes.map(({ name }) => name));
feed.start(numbered(page.events, page.lastEventId));
showStatus();
state.subscribe(showStatus);
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

addEventListener('beforeprint', () => {
  const now = Date.now();
  byId('printed').textContent = `${viewText(state.view, now, clock.zone)} · printed ${clock.full(now)}`;
});
bindTheme(byId('theme-menu'), localStorageOrNull());
bindPopovers(document);
bindCopyButtons(document);
byId('what-changed').addEventListener('click', () => changes.open());
byId('reconnect').addEventListener('click', reconnect);
byId('reconnect-now').addEventListener('click', () => {
  byId('connection-panel').hidePopover();
  reconnect();
});

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
    f: () => filter.open(),
    n: () => document.getElementById('track')?.click(), // absent for roles that may not track
    c: () => byId('choose-cards').click(),
    r: reconnect,
    t: () => switchTheme(byId('theme-menu')),
    k: () => location.assign(toggledKiosk(location.href)),
  },
  localStorageOrNull(),
);
byId('shortcuts').addEventListener('click', () => shortcuts.open());
enableControls(document);
const wall = document.getElementById('wall'); // only of a wall screen
if (wall) new WallScreen(wall, clock);

/**
 * The events with their numbers: a log has no gaps, so they end with that of the cursor.
 * @param {FeedEvent[]} events  oldest first
 * @param {string} lastEventId
 */
function numbered(events, lastEventId) {
  const { seq = 0 } = parseCursor(lastEventId) ?? {};
  return events.map((event, index) => ({ ...event, seq: seq - events.length + 1 + index }));
}
