import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Random } from '../../../tools/random.ts';
import { until } from '../waiting.ts';
import { History } from './history.ts';
import { Ledger } from './ledger.ts';
import { OrderLoad } from './order-load.ts';

type Answer = (response: ServerResponse, key: string) => void;

const say =
  (status: number, body: (key: string) => object): Answer =>
  (response, key) =>
    response.writeHead(status).end(JSON.stringify(body(key)));
const acknowledge = say(202, (key) => ({ orderId: `order of ${key}` }));
const nothing: Answer = () => undefined;

describe('clients of a gateway', () => {
  let directory: string;
  let server: Server;
  let history: History;
  let ledger: Ledger;
  let load: OrderLoad | undefined;
  /** Keys of requests to place an order, in their order. */
  let asked: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atelier-load-'));
    history = new History(join(directory, 'history.ndjson'));
    ledger = new Ledger();
    asked = [];
  });

  afterEach(async () => {
    await load?.stop();
    server.closeAllConnections();
    server.close();
    await history.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** One order at a time, whose first requests are answered like this, and all others well. */
  async function begin(answers: Answer[], patienceMs?: number): Promise<void> {
    server = createServer((request, response) => {
      const key = String(request.headers['idempotency-key']);
      if (request.url !== '/v1/orders') return acknowledge(response, key);
      asked.push(key);
      (answers.shift() ?? acknowledge)(response, key);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gateways = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const options = { gateways, run: 'spec', inFlight: 1, ...(patienceMs !== undefined && { patienceMs }) };
    load = new OrderLoad(options, new Random(1), ledger, history);
    load.resume();
  }

  const acknowledged = () => until('an order is acknowledged', () => ledger.acknowledged.size > 0);

  it('repeat a request that is not answered in time under its key: it is unknown, and has not failed', async () => {
    await begin([nothing], 200);
    await acknowledged();
    expect(asked.slice(0, 2)).toEqual(['spec-1', 'spec-1']);
    expect(ledger.unknown).toBeGreaterThanOrEqual(1);
    expect(ledger).toMatchObject({ refused503: 0, wrongAnswers: [] });
  });

  it.each<[string, Answer, { unknown: number; refused503: number }]>([
    ['loses its connection', (response) => response.destroy(), { unknown: 1, refused503: 0 }],
    ['is answered 503', say(503, () => ({})), { unknown: 1, refused503: 1 }],
  ])(
    'repeat a request that %s under its key: it is unknown, and has not failed',
    async (_, answer, counts) => {
      await begin([answer]);
      await acknowledged();
      expect(asked.slice(0, 2)).toEqual(['spec-1', 'spec-1']);
      expect(ledger).toMatchObject({ ...counts, wrongAnswers: [] });
      expect(ledger.acknowledged.get('order of spec-1')).toMatchObject({ key: 'spec-1', unknown: 1 });
      expect([...ledger.repeatedKeys]).toContain('spec-1');
      expect([...ledger.unknownKeys]).not.toContain('spec-1');
    },
  );

  it('take any other answer for wrong', async () => {
    await begin([say(500, () => ({ title: 'a bug' }))]);
    await acknowledged();
    expect(ledger.wrongAnswers).toEqual([expect.stringContaining('spec-1 was answered 500')]);
  });

  it('take one order for two keys for wrong', async () => {
    await begin(Array.from({ length: 4 }, () => say(202, () => ({ orderId: 'always the same' }))));
    await until('it is noticed', () => ledger.wrongAnswers.length > 0);
    expect(ledger.wrongAnswers[0]).toContain('always the same was given to');
  });
});
