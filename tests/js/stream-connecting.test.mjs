/** From the constructor to the first stats. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { RealtimeAnalytics } from '../../static/js/realtime-analytics.js';
import { settle } from './support/clock.mjs';
import { connected, degraded, event, figures, ping, recovered, stats } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

describe('the request', () => {
  liveTest('headers, credentials, no cache', async (world) => {
    const { url, method, headers, init } = world.server.last;
    assert.equal(url, '/api/workspaces/acme/analytics/realtime');
    assert.equal(method, 'GET');
    assert.deepEqual(Object.fromEntries(headers), { accept: 'text/event-stream' });
    assert.deepEqual([init.credentials, init.cache], ['same-origin', 'no-store']);
  });

  worldTest('the workspace is URL-encoded', async (world) => {
    world.client = new RealtimeAnalytics('a/../b?c', {}, world.environment);
    await settle();
    assert.equal(world.server.last.url, '/api/workspaces/a%2F..%2Fb%3Fc/analytics/realtime');
  });
});

describe('starting', () => {
  worldTest('begins after the constructor', async (world) => {
    const phases = [];
    const client = new RealtimeAnalytics(
      'acme',
      { onStateChange: () => phases.push(client.state.phase) },
      world.environment,
    );
    world.client = client;
    assert.deepEqual([client.stats, client.isConnected, client.error], [null, false, null]);
    assert.deepEqual(client.state, {
      phase: 'idle',
      since: world.clock.now(),
      attempt: 0,
      attemptsBefore: 0,
      maxAttempts: 5,
      patientUntil: 0,
      retryAt: null,
      notBefore: 0,
      reason: null,
      error: null,
      lastEventId: '',
      hello: null,
      via: null,
      degraded: false,
    });
    await settle();
    assert.deepEqual(phases, ['connecting']);
  });

  worldTest('not after an immediate disconnect()', async (world) => {
    world.client = new RealtimeAnalytics('acme', {}, world.environment);
    world.client.disconnect();
    await settle();
    assert.equal(world.server.exchanges.length, 0);
    assert.equal(world.client.state.phase, 'closed');
  });

  worldTest('disabled waits for reconnect()', async (world) => {
    const client = await world.live({ enabled: false });
    assert.equal(world.server.exchanges.length, 0);
    assert.equal(client.state.phase, 'idle');
    client.reconnect();
    await world.greet(connected());
    assert.ok(client.isConnected);
  });
});

describe('the greeting', () => {
  liveTest('connected only with the greeting', async (world, client) => {
    await world.greet('retry: 3127\n\n');
    assert.deepEqual([client.state.phase, client.isConnected], ['connecting', false]);
    await world.send(connected());
    assert.deepEqual([client.state.phase, client.isConnected], ['connected', true]);
    assert.equal(client.state.hello.connectionId, 'conn_1764978000123_k3v9x2');
    assert.deepEqual(world.calls.map(([callback]) => callback), ['onStateChange', 'onStateChange', 'onConnect']);
    assert.deepEqual(world.callsOf('onConnect'), [client.state.hello]);
  });
});

describe('frames', () => {
  worldTest('stats are stored', async (world) => {
    const client = await world.connectedLive({}, connected() + stats());
    assert.deepEqual(client.stats, figures());
    await world.send(stats({ activeUsers: 43 }));
    assert.equal(client.stats.activeUsers, 43);
    assert.deepEqual(world.callsOf('onStatsUpdate'), [figures(), figures({ activeUsers: 43 })]);
  });

  connectedTest('events come in order, with ids', async (world) => {
    await world.send(event(813) + event(814));
    assert.deepEqual(world.callsOf('onEvent'), [
      [{ eventType: 'message.sent', eventId: 'e-813' }, 'a1b2c3d4-813'],
      [{ eventType: 'message.sent', eventId: 'e-814' }, 'a1b2c3d4-814'],
    ]);
  });

  connectedTest('degraded and recovered show in the state', async (world, client) => {
    await world.send(degraded());
    assert.deepEqual([client.state.phase, client.state.degraded], ['connected', true]);
    await world.send(recovered());
    assert.equal(client.state.degraded, false);
    assert.deepEqual(world.callsOf('onStateChange').map(({ degraded }) => degraded), [false, false, true, false]);
    assert.equal(world.callsOf('onConnect').length, 1);
  });

  connectedTest('ping and unknown frames are ignored', async (world) => {
    const before = world.calls.length;
    await world.send(`${ping()}event: novelty\ndata: {}\n\n`);
    assert.equal(world.calls.length, before);
  });

  connectedTest('an invalid frame is reported', async (world, client) => {
    await world.send('event: stats\ndata: {"activeUsers":\n\n' + stats({ activeUsers: 7 }));
    assert.deepEqual(world.callsOf('onStatsUpdate'), [figures({ activeUsers: 7 })]);
    assert.ok(client.isConnected);
    assert.deepEqual(
      world.takeReports().map(({ message }) => message),
      ['The server sent an unreadable "stats" frame.'],
    );
  });
});

describe('data that is no object', () => {
  const frame = (name) => `event: ${name}\ndata: null\n\n`;

  worldTest('a greeting all the same', async (world) => {
    const client = await world.connectedLive({}, frame('connected'));
    assert.deepEqual([client.isConnected, client.state.lastEventId], [true, '']);
  });

  connectedTest('bye without a reason', async (world, client) => {
    await world.send(frame('bye'));
    assert.deepEqual([client.state.phase, client.state.reason], ['reconnecting', 'lost']);
  });
});

describe('callbacks', () => {
  worldTest('exceptions are reported', async (world) => {
    const broken = new Error('broken page');
    const fail = () => {
      throw broken;
    };
    const seen = [];
    const client = await world.connectedLive({
      onStateChange: fail,
      onConnect: fail,
      onStatsUpdate: fail,
      onEvent: (data, id) => seen.push(id) && fail(),
    });
    await world.send(stats() + event(813) + event(814));
    assert.deepEqual(seen, ['a1b2c3d4-813', 'a1b2c3d4-814']);
    assert.ok(client.isConnected);
    client.disconnect();
    assert.deepEqual(world.takeReports(), Array(7).fill(broken));
  });

  worldTest('no frame after disconnect() in a callback', async (world) => {
    const seen = [];
    await world.connectedLive({
      onEvent: (data, id) => {
        seen.push(id);
        world.client.disconnect();
      },
    });
    await world.send(event(813) + event(814) + stats());
    assert.deepEqual(seen, ['a1b2c3d4-813']);
    assert.deepEqual(world.callsOf('onStatsUpdate'), []);
    assert.equal(world.server.streams.length, 0);
  });

  worldTest('disconnect() in onConnect', async (world) => {
    const order = [];
    await world.live({
      onStateChange: ({ phase }) => {
        order.push(phase);
        if (phase === 'connected') world.client.disconnect();
        order.push(`after ${phase}`);
      },
      onConnect: () => order.push('onConnect'),
      onDisconnect: () => order.push('onDisconnect'),
    });
    await world.greet(connected() + stats());
    const [connecting, connectedThen, closed] = ['connecting', 'connected', 'closed'].map((on) => [on, `after ${on}`]);
    assert.deepEqual(order, [...connecting, ...connectedThen, 'onConnect', ...closed, 'onDisconnect']);
    assert.equal(world.client.stats, null);
  });
});

describe('disconnect()', () => {
  worldTest('closes the stream once', async (world) => {
    const client = await world.connectedLive({}, connected() + stats());
    client.disconnect();
    client.disconnect();
    await settle();
    assert.equal(world.server.streams.length, 0);
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'disconnected', willReconnect: false }]);
    assert.deepEqual([client.state.phase, client.error, client.stats.activeUsers], ['closed', null, 42]);
    assert.deepEqual(world.callsOf('onError'), []);
  });

  liveTest('while connecting', async (world, client) => {
    client.disconnect();
    await settle();
    assert.equal(world.server.open.length, 0);
    assert.deepEqual(world.phases, ['connecting', 'closed']);
  });

  connectedTest('while waiting', async (world, client) => {
    await world.cut();
    client.disconnect();
    await world.clock.advance(120_000);
    assert.equal(world.server.exchanges.length, 1);
  });
});
