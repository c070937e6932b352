import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fault } from '../harness/breakable-platform.ts';
import { isAlive } from '../harness/is-alive.ts';
import { startNode } from '../harness/run-program.ts';
import { eventually, RunningPlatform } from '../harness/running-platform.ts';
import { documented } from './documented.suite.ts';
import { interoperability } from './interoperability.suite.ts';
import { lostRegistry } from './lost-registry.suite.ts';
import { alterPartitions, deployAgain, placeIn } from './altered-topic.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies are checked by their fields
  readonly body: any;
}

const services = [
  'orders',
  'inventory',
  'notifications',
  'projections',
  'dead-letters',
  'transactions',
  'gateway',
];

/** What a user's shell may have for other programs: none of it changes anything here. */
const hostile = {
  PGSSLMODE: 'require',
  PGOPTIONS: '-c default_transaction_read_only=on',
  PGDATA: '/nowhere',
  JAVA_TOOL_OPTIONS: '-XX:NoSuchFlag',
  QUARKUS_HTTP_PORT: '1',
  MAILDEV_WEB_PORT: '1',
  LC_ALL: 'C',
};

describe('the platform of npm start', () => {
  let platform: RunningPlatform;

  beforeAll(async () => {
    platform = await RunningPlatform.start({ ORDER_EXPIRY: '15s', ...hostile });
  });

  afterAll(() => platform?.stop());

  async function call(
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    service = `http://127.0.0.1:${platform.port}`,
  ): Promise<Answer> {
    const response = await fetch(service + path, {
      method: body ? 'POST' : 'GET',
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  const order = (email: string, ...lines: [sku: string, quantity: number][]) => ({
    customerId: 'ada',
    email,
    lines: lines.map(([sku, quantity]) => ({ sku, quantity })),
  });

  /** Asks under one key until the order is settled. */
  const settle = (email: string, ...lines: [sku: string, quantity: number][]) => {
    const headers = { prefer: 'wait=30', 'idempotency-key': randomUUID() };
    return eventually(
      () => call('/v1/orders', order(email, ...lines), headers),
      ({ status }) => status === 201,
    );
  };

  const mailsTo = async (address: string) => {
    const mails = (await (await fetch(`${(await platform.addresses()).mail}/email`)).json()) as {
      to: { address: string }[];
    }[];
    return mails.filter(({ to }) => to.some((recipient) => recipient.address === address));
  };

  const demo = (...args: string[]) =>
    startNode(['tools/demo/main.ts', ...args], { env: { DATA_DIR: platform.dataDir } }).ended;

  it('names every address and process for scripts', async () => {
    const addresses = await platform.addresses();
    expect(addresses).toMatchObject({
      gateway: `http://127.0.0.1:${platform.port}`,
      kafka: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      registry: expect.stringMatching(/\/apis\/ccompat\/v7$/),
      postgres: expect.stringMatching(/^postgres:/),
      mail: expect.stringMatching(/^http:/),
    });
    const names = [...services.map((name) => `${name}-1`), 'kafka-1', 'registry', 'postgres', 'mail'];
    expect(Object.keys(addresses.processes).sort()).toEqual(names.sort());
  });

  it('does not let itself be broken, as it was not started for it', async () => {
    const { code, output } = await fault(platform.dataDir, 'smtp', 'down');
    expect({ code, output }).toMatchObject({
      code: 1,
      output: expect.stringContaining('FAULTS=on npm start'),
    });
    expect(existsSync(join(platform.dataDir, 'faults'))).toBe(false);
  });

  it('confirms an order, takes the stock and sends one e-mail', async () => {
    const before = (await call('/v1/products/EASEL-01')).body;
    const placed = await settle('one@example.com', ['EASEL-01', 2], ['BRUSH-01', 3]);
    expect(placed).toMatchObject({
      body: { status: 'confirmed', total: { amount: 39_870, currency: 'EUR' } },
    });
    expect(placed.headers.get('preference-applied')).toBe('wait=30');
    await eventually(
      () => call('/v1/products/EASEL-01'),
      ({ body }) => body.onHand === before.onHand - 2 && body.reserved === 0,
    );
    await eventually(
      () => mailsTo('one@example.com'),
      (mails) => mails.length === 1,
    );
    const history = await eventually(
      () => call(`/v1/orders/${placed.body.orderId}/events`),
      ({ body }) => body.length === 4,
    );
    expect(history.body.map(({ type }: { type: string }) => type)).toEqual([
      'OrderSubmitted',
      'LineReserved',
      'LineReserved',
      'OrderConfirmed',
    ]);
    expect(history.body[0].was).toMatchObject({ type: 'OrderPlaced', schemaVersion: 3 });
  });

  it('rejects an order that cannot be filled, and releases what was reserved for it', async () => {
    const placed = await settle('two@example.com', ['EASEL-02', 5], ['GOLD-01', 1]);
    expect(placed).toMatchObject({ body: { status: 'rejected', reason: 'out-of-stock' } });
    await eventually(
      () => call('/v1/products/EASEL-02'),
      ({ body }) => body.reserved === 0,
    );
  });

  it('answers a repeat with the same order, and another request with the same key with 422, also after a kill', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await call('/v1/orders', order('three@example.com', ['OIL-01', 1]), key);
    expect(first.status).toBe(202);
    expect((await call('/v1/orders', order('three@example.com', ['OIL-01', 1]), key)).body).toEqual(
      first.body,
    );
    await platform.signal('gateway-1', 'SIGKILL');
    const again = await eventually(
      () => call('/v1/orders', order('three@example.com', ['OIL-01', 1]), key),
      ({ status }) => status === 202,
    );
    expect(again.body.orderId).toBe(first.body.orderId);
    expect((await call('/v1/orders', order('three@example.com', ['OIL-01', 2]), key)).status).toBe(422);
  });

  it('never answers 404 to a read right after the 202', async () => {
    for (let i = 0; i < 20; i++) {
      const placed = await call('/v1/orders', order('four@example.com', ['OIL-02', 1]));
      expect((await call(placed.headers.get('location') ?? '')).status).toBe(200);
    }
    expect((await call(`/v1/orders/${randomUUID()}`)).status).toBe(404);
  });

  it('refuses a second start on the same data, and touches nothing', async () => {
    const { code, output } = await RunningPlatform.refused(platform);
    expect(code).toBe(1);
    expect(output).toContain(`http://127.0.0.1:${platform.port}`);
    expect((await call('/health/ready')).status).toBe(200);
  });

  it('conserves orders, stock and e-mails while each service, Kafka and Postgres are killed once', async () => {
    let killing = true;
    const load = async () => {
      const runs: { code: number | null; output: string }[] = [];
      for (let seed = 7; killing; seed++)
        runs.push(await demo('--orders', '80', '--seed', `${seed}`, '--timeout', '300'));
      return runs;
    };
    const loading = load();
    for (const names of [
      ['kafka-1'],
      ['postgres', 'orders-1', 'notifications-1', 'gateway-1'],
      ['inventory-1', 'projections-1', 'dead-letters-1', 'transactions-1'],
    ]) {
      const seen = platform.output.length;
      await Promise.all(names.map((name) => platform.signal(name, 'SIGKILL')));
      await eventually(
        async () => platform.output.slice(seen),
        (output) => names.every((name) => output.includes(`${name} is back`)),
      );
    }
    killing = false;
    for (const { code, output } of await loading)
      if (code !== 0 || output.includes('✗'))
        throw new Error(`The demo ended with exit code ${code}:\n${output}`);
  });

  it('answers 503 within 5 s while Kafka hangs, and recovers by itself', async () => {
    const place = async () => {
      const began = performance.now();
      const answer = await call('/v1/orders', order('five@example.com', ['OIL-01', 1]));
      return { answer, ms: performance.now() - began };
    };
    // The gateway gives up by its own clock. What this machine needs for an answer besides is measured while Kafka is well.
    const healthy: number[] = [];
    for (let times = 0; times < 5; times++) healthy.push((await place()).ms);
    await platform.signal('kafka-1', 'SIGSTOP');
    try {
      const { answer, ms } = await place();
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(ms).toBeLessThan(5_500 + 20 * Math.max(...healthy));
    } finally {
      await platform.signal('kafka-1', 'SIGCONT');
    }
    expect((await settle('five@example.com', ['OIL-01', 1])).body.status).toBe('confirmed');
  });

  it('cancels an order that nobody settles in time, and releases its stock', async () => {
    await platform.signal('inventory-1', 'SIGSTOP');
    try {
      const placed = await call('/v1/orders', order('six@example.com', ['PAPER-01', 4]));
      const path = `/v1/orders/${placed.body.orderId}`;
      const settled = await eventually(
        () => call(path),
        ({ body }) => body.status !== 'pending',
      );
      expect(settled.body).toMatchObject({ status: 'cancelled', reason: 'expired' });
    } finally {
      await platform.signal('inventory-1', 'SIGCONT');
    }
    await eventually(
      () => mailsTo('six@example.com'),
      (mails) => mails.length === 1,
    );
    const probe = await settle('seven@example.com', ['PAPER-01', 1]);
    expect(probe.body).toMatchObject({ status: 'confirmed' });
    await eventually(
      () => call('/v1/products/PAPER-01'),
      ({ body }) => body.reserved === 0,
    );
  });

  it('has decided everything as its deciders do, whoever was killed, and so has what is recorded of it', async () => {
    const env = { DATA_DIR: platform.dataDir };
    const check = (what: string) => startNode(['tools/history/check.main.ts', what], { env }).ended;
    const file = join(platform.dataDir, 'history.ndjson');
    const record = ['--import', './tools/decorators.mjs', 'tools/history/record.main.ts'];
    const recorded = await startNode([...record, '--platform', '--to', file], { env }).ended;
    expect(recorded).toMatchObject({ code: 0, output: expect.stringContaining(`${file} written`) });
    for (const { code, output } of [await check('--platform'), await check(file)]) {
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('as it was.') });
      expect(output).toMatch(/^orders\.decider +[1-9]\d* +[1-9]\d* +[1-9]\d* +0$/m);
    }
  });

  describe('and the document of its commands and events', () => documented(() => platform));
  describe('and who else reads and writes Kafka', () => interoperability(() => platform));

  it('starts beside a topic that was altered, and says so; nothing is lost by it (the service was started again and again)', async () => {
    const addresses = await platform.addresses();
    const readiness = async (service: string) => {
      const { status, body } = await call('/health/ready', undefined, {}, addresses.services[service]);
      return { status, topics: body.details.topics };
    };
    await alterPartitions(addresses, 'orders.commands', 7);
    const orderId = await placeIn(addresses, 6, 'nine@example.com');
    // Who starts looks at once, and who runs looks every few seconds.
    const unread = 'records that nobody reads in 6: stop who writes there, then run the deployment step';
    for (const service of ['orders-1', 'inventory-1']) await platform.signal(service, 'SIGKILL');
    for (const [service, status, ofTopics] of [
      ['orders-1', 503, 'down'],
      ['inventory-1', 200, 'up'],
    ] as const) {
      const { topics } = await eventually(
        () => readiness(service),
        (said) => said.status === status && said.topics?.reason.includes(unread),
      );
      expect(topics.status).toBe(ofTopics);
    }
    expect((await settle('ten@example.com', ['OIL-01', 1])).body.status).toBe('confirmed');

    expect(await deployAgain(addresses)).toContain('1 records of orders.commands-6 moved');
    await eventually(
      () => call(`/v1/orders/${orderId}`),
      ({ body }) => body.status === 'confirmed',
    );
  });

  describe('and a registry that has lost its schemas', () => lostRegistry(() => platform));

  it('keeps its data over a stop, leaves no process, and goes on', async () => {
    const placed = await settle('eight@example.com', ['OIL-01', 1]);
    const pids = Object.values((await platform.addresses()).processes);
    expect(await platform.stop()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    platform = await RunningPlatform.start({}, platform);
    const { orderId, status, lines, placedAt } = placed.body;
    expect((await call(`/v1/orders/${orderId}`)).body).toMatchObject({ orderId, status, lines, placedAt });
  });
});
