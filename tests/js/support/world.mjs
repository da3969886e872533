/** A client's whole environment under the control of a test, with a check for leaked timers, listeners and streams. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RealtimeAnalytics, RealtimeAnalyticsPolling } from '../../../static/js/realtime-analytics.js';
import { FakeClock, settle } from './clock.mjs';
import { FakeServer } from './fake-server.mjs';
import { connected } from './frames.mjs';

class CountingTarget extends EventTarget {
  listeners = 0;

  addEventListener(...listener) {
    this.listeners += 1;
    super.addEventListener(...listener);
  }

  removeEventListener(...listener) {
    this.listeners -= 1;
    super.removeEventListener(...listener);
  }
}

const CALLBACKS = [
  'onConnect',
  'onDisconnect',
  'onError',
  'onStatsUpdate',
  'onStateChange',
  'onEventDropped',
  'onEvent',
  'onAnnotation',
  'onReset',
];

export class World {
  clock = new FakeClock();
  server = new FakeServer();
  events = new CountingTarget();
  online = true;
  chance = 0; // 0 = no jitter: a wait is as long as it can be
  #reported = [];
  #ids = 0;
  /** The calls of the page's callbacks: [name, ...values]. */
  calls = [];

  /** A world for one test, which ends with the client gone and nothing left. */
  static for(t) {
    const world = new World();
    t.after(() => world.#end());
    return world;
  }

  get environment() {
    const { setTimeout, clearTimeout, now } = this.clock;
    return {
      fetch: this.server.fetch,
      setTimeout,
      clearTimeout,
      now,
      random: () => this.chance,
      events: this.events,
      isOnline: () => this.online,
      isVisible: () => true,
      uuid: () => `id-${(this.#ids += 1)}`,
      beacon: null,
      locks: null, // a tab for itself; tabs that share are tabs-*.test.mjs
      channel: null,
      storage: null,
      report: (error) => void this.#reported.push(error),
    };
  }

  async live(options = {}) {
    this.client = new RealtimeAnalytics('acme', { ...this.#recorders(CALLBACKS), ...options }, this.environment);
    await settle();
    return this.client;
  }

  /** A client that the server has greeted. */
  async connectedLive(options, greeting = connected()) {
    const client = await this.live(options);
    await this.greet(greeting);
    return client;
  }

  async polling(interval, options = {}) {
    const recorders = this.#recorders(CALLBACKS.slice(0, 6));
    this.client = new RealtimeAnalyticsPolling('acme', interval, { ...recorders, ...options }, this.environment);
    await settle();
    return this.client;
  }

  async greet(text) {
    this.server.last.stream(text);
    await settle();
  }

  async send(text) {
    this.server.last.send(text);
    await settle();
  }

  async answer(...answer) {
    this.server.last.answer(...answer);
    await settle();
  }

  async end() {
    this.server.last.end();
    await settle();
  }

  async cut() {
    this.server.last.cut();
    await settle();
  }

  async goOffline() {
    this.online = false;
    this.events.dispatchEvent(new Event('offline'));
    await settle();
  }

  async comeOnline() {
    this.online = true;
    this.events.dispatchEvent(new Event('online'));
    await settle();
  }

  /** What was reported so far. A report that no test takes is a failure. */
  takeReports() {
    return this.#reported.splice(0);
  }

  /** The arguments of the callbacks of that name. */
  callsOf(name) {
    return this.calls
      .filter(([callback]) => callback === name)
      .map(([, ...values]) => (values.length > 1 ? values : values[0]));
  }

  get phases() {
    return this.callsOf('onStateChange').map(({ phase }) => phase);
  }

  /** Milliseconds until the client's next attempt. */
  get wait() {
    return this.client.state.retryAt - this.clock.now();
  }

  #recorders(names) {
    return Object.fromEntries(names.map((name) => [name, (...values) => void this.calls.push([name, ...values])]));
  }

  async #end() {
    this.client?.disconnect?.();
    this.client?.stop?.();
    await settle();
    assert.deepEqual(
      { streams: this.server.streams.length, timers: this.clock.pending, listeners: this.events.listeners },
      { streams: 0, timers: 0, listeners: 0 },
      'the client left something behind',
    );
    assert.ok(this.server.mostStreams <= 1, 'there were two streams at a time');
    assert.deepEqual(this.#reported, []);
  }
}

/** A test in a world of its own. */
export const worldTest = (name, body) => test(name, (t) => body(World.for(t)));

/** The same with a client, whose first request has no response yet. */
export const liveTest = (name, body) => worldTest(name, async (world) => body(world, await world.live()));

/** The same with a client that the server has greeted. */
export const connectedTest = (name, body) => worldTest(name, async (world) => body(world, await world.connectedLive()));
