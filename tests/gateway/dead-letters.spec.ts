import {
  DiscardDeadLetter,
  orderIdFor,
  RecordRedriveHandled,
  RecordRedriveSent,
  ReportDeadLetter,
  RequestRedrive,
  RestoreDeadLetter,
} from '@atelier/contracts';
import type { Received } from '@atelier/eventing/domain';
import { FAILURE } from '@atelier/eventing/failures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { EventStream } from '../../apps/gateway/src/events/event-stream.ts';
import * as http from './client.ts';
import { freshDatabase } from './fresh-database.ts';
import { startGateway } from './gateway.ts';
import { InProcessPlatform } from './in-process-platform.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let platform: InProcessPlatform;
let gateway: { app: NestFastifyApplication; url: string };
let rows: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  platform = new InProcessPlatform(database.url);
  gateway = await startGateway(platform, database.url);
  rows = new pg.Client({ connectionString: database.url });
  await rows.connect();
});

afterAll(async () => {
  await rows?.end();
  await gateway?.app.close();
  await platform?.close();
  await database?.drop();
});

type Report = ReportDeadLetter['data'];

const day = 24 * 60 * 60 * 1_000;
const ago = (ms: number) => BigInt(Date.now() - ms);
const unknownId = '5b3f8c4e-0000-4000-8000-000000000000';

const reportOf = (facts: Partial<Report> = {}): Report => ({
  deadLetterId: randomUUID(),
  group: 'inventory.reserve-stock',
  topic: 'orders.events',
  partition: 2,
  offset: 17n,
  key: 'POT',
  messageType: 'ReceiveStock',
  messageId: 'message-1',
  handler: 'inventory.reserve-stock OrderPlaced',
  attempts: 1,
  redrives: 0,
  errorClass: 'RangeError',
  errorMessage: 'no room for 7',
  firstErrorClass: 'RangeError',
  firstErrorMessage: 'no room for 7',
  failedAt: ago(1_000),
  firstFailedAt: ago(1_000),
  service: 'inventory',
  version: '0.1.0',
  traceparent: null,
  ...facts,
});

/** A dead letter in the read model, and its record; resolves with its id. */
async function report(facts: Partial<Report> = {}): Promise<string> {
  const data = reportOf(facts);
  keepRecord(data.deadLetterId, receipt({ sku: 'POT', quantity: 7 }));
  await platform.tell(ReportDeadLetter(data));
  return data.deadLetterId;
}

function keepRecord(deadLetterId: string, value: Buffer | null): void {
  const headers = {
    ce_type: 'ReceiveStock',
    [FAILURE.id]: deadLetterId,
    [FAILURE.topic]: 'orders.events',
    [FAILURE.partition]: '2',
    [FAILURE.offset]: '17',
    [FAILURE.timestamp]: '1767323045678',
    [FAILURE.redrives]: '0',
    [FAILURE.attempts]: '1',
    [FAILURE.firstAt]: '1767323046000',
    [FAILURE.lastAt]: '1767323046000',
    [FAILURE.since]: '1767323046000',
    [FAILURE.lastStack]: 'RangeError: no room for 7\n    at reserve',
  };
  platform.deadLetters.keep(deadLetterId, {
    topic: 'dlq',
    partition: 2,
    offset: 3n,
    timestamp: Date.now(),
    key: Buffer.from('POT'),
    value,
    headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
  });
}

const receipt = (data: unknown) => Buffer.from(JSON.stringify({ type: 'ReceiveStock', data }));

const as = (operator: string, headers: Record<string, string> = {}) => ({
  'X-Operator': operator,
  ...headers,
});
const get = (path: string) => http.get(gateway.url + path);
const post = (path: string, body: unknown, headers: Record<string, string> = as('ada')) =>
  http.post(gateway.url + path, body, headers);
const redrive = (id: string, body: object = {}, headers?: Record<string, string>) =>
  post(`/v1/dead-letters/${id}/redrive`, { reason: 'fixed', ...body }, headers);
const statusOf = async (id: string) => (await get(`/v1/dead-letters/${id}`)).body.status;

describe('a dead letter', () => {
  it('is shown with its history, its record, and what waits behind it', async () => {
    const id = await report();
    platform.deadLetters.parked.set(id, { offsets: [18n, 21n], more: false });
    const { status, body } = await get(`/v1/dead-letters/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      deadLetterId: id,
      status: 'open',
      group: 'inventory.reserve-stock',
      topic: 'orders.events',
      partition: 2,
      offset: 17,
      key: 'POT',
      error: { class: 'RangeError', message: 'no room for 7' },
      redrive: 0,
      history: [{ what: 'DeadLetterReported', error: { class: 'RangeError' }, service: 'inventory' }],
      record: {
        found: true,
        timestamp: '2026-01-02T03:04:05.678Z',
        headers: [{ name: 'ce_type', value: 'ReceiveStock' }],
        value: { type: 'ReceiveStock', data: { sku: 'POT', quantity: 7 } },
        stacks: { last: expect.stringContaining('at reserve') },
      },
      parked: { offsets: [18, 21], more: false },
    });
  });

  it('is not shown with what waits behind another one of its key', async () => {
    const [first, second] = [await report(), await report({ offset: 21n })];
    platform.deadLetters.parked.set(first, { offsets: [18n], more: false });
    expect((await get(`/v1/dead-letters/${second}`)).body.parked).toBeNull();
  });

  it('is shown with the last 200 entries of its history', async () => {
    const id = await report();
    const decision = { deadLetterId: id, operator: 'ada', reason: 'to and fro' };
    const toAndFro = Array.from({ length: 101 }, () => [
      DiscardDeadLetter(decision),
      RestoreDeadLetter(decision),
    ]);
    await platform.tell(...toAndFro.flat());
    const { history } = (await get(`/v1/dead-letters/${id}`)).body;
    expect(history).toHaveLength(200);
    expect(history[0]).toMatchObject({ what: 'DeadLetterDiscarded' });
    expect(history.at(-1)).toMatchObject({ what: 'DeadLetterRestored' });
  });

  it('is shown whatever its value is, and wherever its record is', async () => {
    const id = await report();
    keepRecord(id, Buffer.from([0, 255]));
    expect((await get(`/v1/dead-letters/${id}`)).body.record.value).toEqual({ hex: '00ff' });
    keepRecord(id, null);
    expect((await get(`/v1/dead-letters/${id}`)).body.record.value).toBeNull();
    platform.deadLetters.isDown = true;
    const { status, body } = await get(`/v1/dead-letters/${id}`);
    platform.deadLetters.isDown = false;
    expect(status).toBe(200);
    expect(body.record).toMatchObject({ found: false, why: expect.stringContaining('ask again') });
  });

  it('is unknown when nobody reported it', async () => {
    for (const id of [unknownId, 'nonsense']) {
      expect((await get(`/v1/dead-letters/${id}`)).status).toBe(404);
      expect((await redrive(id)).status).toBe(404);
      expect((await post(`/v1/dead-letters/${id}/discard`, { reason: 'x' })).status).toBe(404);
      expect((await get(`/v1/redrive-jobs/${id}`)).status).toBe(404);
    }
  });
});

describe('the list of dead letters', () => {
  const group = 'notifications.order-mail';

  it('is filtered and paged, those that failed last first', async () => {
    const ids: string[] = [];
    for (const minutes of [3, 2, 1]) {
      const failedAt = ago(minutes * 60_000);
      ids.push(
        await report({ group, failedAt, firstFailedAt: failedAt, errorMessage: `no mail ${minutes}` }),
      );
    }
    const listed: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: http.Answer = await get(
        `/v1/dead-letters?group=${group}&limit=2${next && `&cursor=${next}`}`,
      );
      listed.push(...page.body.items.map(({ deadLetterId }: { deadLetterId: string }) => deadLetterId));
      next = page.body.next;
    }
    expect(listed).toEqual(ids.toReversed());
    const handled = await get(`/v1/dead-letters?group=${group}&status=handled`);
    expect(handled.body.items).toEqual([]);
  });

  it('is counted by cause', async () => {
    const { body } = await get(`/v1/dead-letters/groups?group=${group}`);
    expect(body).toMatchObject([
      {
        group,
        count: 3,
        byStatus: { open: 3 },
        error: { message: 'no mail 1' },
        example: expect.any(String),
      },
    ]);
    const some = await get(`/v1/dead-letters?fingerprint=${body[0].fingerprint}`);
    expect(some.body.items).toHaveLength(3);
  });

  it('is counted without what was given up or handled, unless it is asked for', async () => {
    const settled = 'orders.settled';
    const [, id] = [await report({ group: settled }), await report({ group: settled })];
    await post(`/v1/dead-letters/${id}/discard`, { reason: 'a test order' });
    await platform.letGo('none');
    const some = await get(`/v1/dead-letters/groups?group=${settled}`);
    expect(some.body).toMatchObject([{ count: 1, byStatus: { open: 1 } }]);
    const all = await get(`/v1/dead-letters/groups?group=${settled}&all=true`);
    expect(all.body).toMatchObject([{ count: 2, byStatus: { open: 1, discarded: 1 } }]);
  });

  const yearZero = Buffer.from(JSON.stringify(['0000-01-01T00:00:00.000Z', unknownId])).toString('base64url');

  it('of orders refuses a cursor that Postgres would, too', async () => {
    expect((await get(`/v1/orders?cursor=${yearZero}`)).status).toBe(400);
  });

  it.each(['limit=0', 'status=lost', 'cursor=x', `cursor=${yearZero}`, 'sort=asc'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await get(`/v1/dead-letters?${query}`);
      expect(status).toBe(400);
      expect(body.detail).toContain(query.split('=')[0]);
    },
  );
});

describe('a redrive', () => {
  it('is requested, and then said to be what it is', async () => {
    const id = await report();
    const { status, headers, body } = await redrive(id);
    expect(status).toBe(202);
    expect(headers.get('Location')).toBe(`/v1/dead-letters/${id}`);
    expect(body).toEqual({ deadLetterId: id, status: 'requested', redrive: 1 });
    await platform.letGo('none');
    expect(await statusOf(id)).toBe('requested');
    await platform.tell(RecordRedriveSent({ deadLetterId: id, redrive: 1 }));
    expect(await statusOf(id)).toBe('sent');
    await platform.tell(RecordRedriveHandled({ deadLetterId: id, redrive: 1 }));
    const { body: letter } = await get(`/v1/dead-letters/${id}`);
    expect(letter).toMatchObject({
      status: 'handled',
      redrive: 1,
      decision: { what: 'redrive', operator: 'ada', reason: 'fixed' },
    });
    expect(letter.history.map(({ what }: { what: string }) => what)).toEqual([
      'DeadLetterReported',
      'RedriveRequested',
      'RedriveSent',
      'RedriveHandled',
    ]);
  });

  it('is one redrive, however often it is asked for with one key', async () => {
    const id = await report();
    const headers = as('ada', { 'Idempotency-Key': randomUUID() });
    const [first, second] = await Promise.all([redrive(id, {}, headers), redrive(id, {}, headers)]);
    const third = await redrive(id, {}, headers);
    for (const { status, body } of [second, third]) {
      expect({ status, body }).toEqual({ status: first.status, body: first.body });
    }
    expect(first).toMatchObject({ status: 202, body: { redrive: 1 } });
    expect((await redrive(id, { reason: 'other' }, headers)).status).toBe(422);
    expect((await redrive(id)).body).toMatchObject({ status: 409, refusal: 'under-way' });
  });

  it('is answered alike by a gateway that was started since', async () => {
    const id = await report();
    const headers = as('ada', { 'Idempotency-Key': randomUUID() });
    const first = await redrive(id, {}, headers);
    await platform.letGo('none');
    const young = await startGateway(platform, database.url);
    const again = await http.post(`${young.url}/v1/dead-letters/${id}/redrive`, { reason: 'fixed' }, headers);
    await young.app.close();
    expect(again).toMatchObject({ status: 202, body: first.body });
  });

  it('may be of an edited value', async () => {
    const id = await report();
    const value = { sku: 'POT', quantity: 5 };
    const difference = [{ path: '/quantity', from: 7, to: 5 }];
    expect((await redrive(id, { value })).body).toMatchObject({ status: 'requested', difference });
    const requests = platform.log
      .all('dead-letters.commands')
      .filter((command) => command.type === RequestRedrive.type && command.metadata.subject === id);
    const [sent] = requests as Received<RequestRedrive>[];
    expect(JSON.parse(String(sent?.data.value))).toEqual({ type: 'ReceiveStock', data: value });
    await platform.letGo('none');
    const { history } = (await get(`/v1/dead-letters/${id}`)).body;
    expect(history.at(-1)).toMatchObject({ what: 'RedriveRequested', operator: 'ada', difference });
  });

  it.each([
    [{ sku: 'CUP', quantity: 5 }, 'value.sku'],
    [{ sku: 'POT', quantity: 'five' }, 'value.quantity'],
    [{ sku: 'POT', quantity: 5, price: 1 }, 'value.price'],
  ])('is refused for the value %j', async (value, field) => {
    const id = await report();
    const { status, body } = await redrive(id, { value });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field });
    expect(await statusOf(id)).toBe('open');
  });

  it('needs a value that is not too deep', async () => {
    const id = await report();
    const value = JSON.parse('{"a":'.repeat(1_000) + '1' + '}'.repeat(1_000));
    const { status, body } = await redrive(id, { value });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: 'value' });
  });

  it('is refused, dry or not, where its record is missing', async () => {
    const id = await report();
    platform.deadLetters.lose(id);
    for (const dryRun of [true, false]) {
      expect((await redrive(id, { dryRun })).body).toMatchObject({
        status: 409,
        refusal: 'record-missing',
        detail: expect.stringContaining('discard it'),
      });
    }
    expect(await statusOf(id)).toBe('open');
    expect((await post(`/v1/dead-letters/${id}/discard`, { reason: 'lost' })).status).toBe(202);
    await platform.letGo('none');
    expect((await redrive(id)).body).toMatchObject({ status: 409, refusal: 'discarded' });
  });

  it('is only told when it is a dry run', async () => {
    const id = await report();
    const rehearsal = await redrive(id, { dryRun: true, value: { sku: 'POT', quantity: 6 } });
    expect(rehearsal).toMatchObject({
      status: 200,
      body: {
        dryRun: true,
        would: 'be requested',
        redrive: 1,
        to: { topic: 'inventory.reserve-stock.orders.events.redrive', partition: 2 },
        difference: [{ path: '/quantity', from: 7, to: 6 }],
      },
    });
    const decided = await report({
      group: 'orders.decider',
      topic: 'orders.commands',
      failedAt: ago(8 * day),
    });
    expect((await redrive(decided, { dryRun: true })).body).toMatchObject({
      would: 'be refused',
      refusal: 'too-old',
      to: { topic: 'orders.commands' },
    });
    expect(await statusOf(id)).toBe('open');
  });

  it('needs force after five redrives, and after a week', async () => {
    const old = await report({ failedAt: ago(8 * day) });
    expect(await redrive(old)).toMatchObject({ status: 409, body: { refusal: 'too-old' } });
    expect((await redrive(old, { force: true })).status).toBe(202);
    const spent = await report({ redrives: 5 });
    const refused = await redrive(spent);
    expect(refused.body).toMatchObject({
      refusal: 'limit',
      detail: expect.stringContaining('"force": true'),
    });
    expect((await redrive(spent, { force: true })).body).toMatchObject({ redrive: 6 });
  });

  it('that fails again is said to have failed', async () => {
    const data = reportOf();
    await report(data);
    await redrive(data.deadLetterId);
    const again = {
      ...data,
      redrives: 1,
      errorClass: 'TypeError',
      errorMessage: 'no such thing',
      attempts: 2,
    };
    await platform.tell(ReportDeadLetter(again));
    expect((await get(`/v1/dead-letters/${data.deadLetterId}`)).body).toMatchObject({
      status: 'failed again',
      attempts: 2,
      error: { class: 'TypeError' },
      firstError: { class: 'RangeError' },
    });
  });
});

describe('a dead letter that is given up', () => {
  it('is discarded, and restored to what it was', async () => {
    const id = await report();
    const discarded = await post(`/v1/dead-letters/${id}/discard`, { reason: 'a test order' });
    expect(discarded).toMatchObject({ status: 202, body: { deadLetterId: id, status: 'discarded' } });
    await platform.letGo('none');
    expect(await statusOf(id)).toBe('discarded');
    expect((await redrive(id)).body).toMatchObject({ status: 409, refusal: 'discarded' });
    const restored = await post(`/v1/dead-letters/${id}/restore`, { reason: 'it was not' }, as('José'));
    expect(restored).toMatchObject({ status: 202, body: { status: 'restored' } });
    await platform.letGo('none');
    expect(await statusOf(id)).toBe('open');
    const again = await post(`/v1/dead-letters/${id}/restore`, { reason: 'again' });
    expect(again.body).toMatchObject({ status: 409, refusal: 'not-discarded' });
  });
});

describe('a redrive job', () => {
  const start = (body: object, headers?: Record<string, string>) =>
    post('/v1/dead-letters/redrive', { reason: 'deployed the fix', ...body }, headers);

  it('sends one ahead, and the others when that was handled', async () => {
    const group = 'orders.expire-order';
    const ids: string[] = [];
    for (const minutes of [3, 2, 1]) {
      const failedAt = ago(minutes * 60_000);
      ids.push(await report({ group, failedAt, firstFailedAt: failedAt }));
    }
    await report({ group, failedAt: ago(8 * day), firstFailedAt: ago(8 * day) });
    const headers = as('ada', { 'Idempotency-Key': randomUUID() });
    const started = await start({ group, rate: 10 }, headers);
    expect(started).toMatchObject({ status: 202, body: { status: 'running', total: 3 } });
    const location = started.headers.get('Location') ?? '';
    expect(location).toBe(`/v1/redrive-jobs/${started.body.jobId}`);
    expect((await start({ group, rate: 10 }, headers)).body).toEqual(started.body);
    await platform.letGo('none');
    const [canary = ''] = ids;
    expect((await get(location)).body).toMatchObject({
      status: 'running',
      operator: 'ada',
      total: 3,
      counts: { requested: 1, waiting: 2 },
    });
    await platform.tell(RecordRedriveHandled({ deadLetterId: canary, redrive: 1 }));
    const page = (await get(`${location}?limit=2`)).body;
    expect(page).toMatchObject({
      status: 'finished',
      counts: { handled: 1, requested: 2 },
      items: [
        { deadLetterId: canary, outcome: 'handled' },
        { deadLetterId: ids[1], outcome: 'requested' },
      ],
    });
    const rest = (await get(`${location}?cursor=${page.next}`)).body;
    expect(rest).toMatchObject({ items: [{ deadLetterId: ids[2] }], next: null });
    const late = await post(`${location}/cancel`, { reason: 'too late' });
    expect(late.body).toMatchObject({ status: 409, refusal: 'over' });
  });

  it('is halted when the first one fails, and leaves the others out', async () => {
    const group = 'orders.record-reservation';
    const reports = [3, 2].map((minutes) => reportOf({ group, firstFailedAt: ago(minutes * 60_000) }));
    await platform.tell(...reports.map((data) => ReportDeadLetter(data)));
    const { headers } = await start({ group });
    await platform.tell(ReportDeadLetter({ ...reportOf(), ...reports[0], redrives: 1 }));
    expect((await get(headers.get('Location') ?? '')).body).toMatchObject({
      status: 'halted',
      ended: { reason: expect.stringContaining('failed') },
      counts: { failed: 1, 'left out': 1 },
    });
  });

  it('can be cancelled', async () => {
    const group = 'projections.event-log.v1';
    for (let count = 0; count < 2; count++) await report({ group });
    const { headers } = await start({ group });
    await platform.letGo('none');
    const location = headers.get('Location') ?? '';
    expect(await post(`${location}/cancel`, { reason: 'not now' })).toMatchObject({
      status: 202,
      body: { status: 'cancelled', left: 1 },
    });
    await platform.letGo('none');
    expect((await get(location)).body).toMatchObject({
      status: 'cancelled',
      ended: { operator: 'ada', reason: 'not now' },
    });
  });

  it('needs something to redrive, and bounds', async () => {
    expect(await start({ group: 'nobody' })).toMatchObject({ status: 409 });
    for (const [name, value] of Object.entries({
      limit: 10_001,
      rate: 0,
      force: 'yes',
      fingerprint: 'x',
      group: '',
    })) {
      const { status, body } = await start({ group: 'nobody', [name]: value });
      expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: name });
    }
  });
});

describe("operators' routes", () => {
  it('ask who decides, and why', async () => {
    const id = await report();
    const nobody = await redrive(id, {}, {});
    expect(nobody).toMatchObject({ status: 400, body: { detail: expect.stringContaining('X-Operator') } });
    expect((await redrive(id, { reason: '' })).status).toBe(400);
    expect(await statusOf(id)).toBe('open');
  });

  it('need the token where there is one', async () => {
    const locked = await startGateway(platform, database.url, { token: 'secret', open: true });
    const url = `${locked.url}/v1/dead-letters`;
    const answers = await Promise.all([
      http.get(url),
      http.get(url, { Authorization: 'Bearer wrong' }),
      http.post(`${url}/${unknownId}/redrive`, {}),
      http.get(`${locked.url}/v1/redrive-jobs/${unknownId}`),
      http.get(url, { Authorization: 'Bearer secret' }),
      http.get(`${locked.url}/v1/orders`),
    ]);
    await locked.app.close();
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200, 200]);
    expect(answers[0].headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('are closed where there is none, unless they are opened', async () => {
    const closed = await startGateway(platform, database.url, { token: undefined, open: false });
    const answer = await http.get(`${closed.url}/v1/dead-letters`);
    await closed.app.close();
    expect(answer).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('OPERATOR_TOKEN') },
    });
  });

  it('are described under a tag of their own', async () => {
    const { paths, components } = (await get('/openapi.json')).body;
    expect(paths['/v1/dead-letters/{deadLetterId}/redrive'].post).toMatchObject({
      tags: ['operators'],
      security: [{ bearer: [] }],
    });
    expect(paths['/v1/orders'].post.tags ?? []).not.toContain('operators');
    expect(components.schemas).toHaveProperty('DeadLetterDetails');
  });
});

describe('what customers see of dead letters', () => {
  const product = { sku: 'POT', name: 'Pot', unitPrice: { amount: 450, currency: 'EUR' }, onHand: 10 };
  const order = { customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'POT', quantity: 1 }] };
  const park = (projection: string, key: string) =>
    rows.query(
      `insert into read_model.parked_keys (projection, topic, "partition", key, since, dead_letter_id, released)
       values ($1, 'topic', 0, $2, 0, $3, false)`,
      [projection, key, unknownId],
    );

  beforeAll(async () => {
    await post('/v1/products', product);
    await platform.letGo('none');
  });

  it('is that an order or a product is stale', async () => {
    const placed = await post('/v1/orders', order, { Prefer: 'wait=10' });
    const path = `/v1/orders/${placed.body.orderId}`;
    const fresh = await get(path);
    expect(fresh.body).not.toHaveProperty('stale');
    await park('projections.orders.v1', placed.body.orderId);
    await park('projections.products.v1', 'POT');
    const etag = fresh.headers.get('ETag') ?? '';
    const stale = await http.get(gateway.url + path, { 'If-None-Match': etag });
    expect(stale).toMatchObject({ status: 200, body: { stale: true } });
    expect((await get('/v1/products/POT')).body).toMatchObject({ stale: true });
    await rows.query('delete from read_model.parked_keys');
    expect((await get('/v1/products/POT')).body).not.toHaveProperty('stale');
  });

  it('is that the command of an order was set aside', async () => {
    const key = randomUUID();
    const orderId = orderIdFor('anonymous', key);
    platform.hold('orders.decider');
    const id = await report({ group: 'orders.decider', topic: 'orders.commands', key: orderId });
    const waiting = await post('/v1/orders', order, { 'Idempotency-Key': key, Prefer: 'wait=1' });
    const reading = await get(`/v1/orders/${orderId}`);
    await platform.letGo('orders.decider');
    for (const { status, body } of [waiting, reading]) {
      expect({ status, ...body }).toMatchObject({
        status: 500,
        type: 'urn:atelier:problem:command-set-aside',
        detail: expect.stringContaining(id),
        deadLetterId: id,
      });
    }
    expect((await get(`/v1/orders/${orderId}`)).status).toBe(200);
  });

  it('is nothing of a command that was given up, and still an event that was', async () => {
    const letters = {
      command: { group: 'orders.decider', topic: 'orders.commands', key: randomUUID() },
      event: { group: 'projections.orders.v1', topic: 'orders.events', key: randomUUID() },
    };
    for (const facts of Object.values(letters)) {
      const id = await report(facts);
      expect((await get(`/v1/orders/${facts.key}`)).body).toMatchObject({ status: 500, deadLetterId: id });
      await post(`/v1/dead-letters/${id}/discard`, { reason: 'a test order' });
    }
    await platform.letGo('none');
    expect((await get(`/v1/orders/${letters.command.key}`)).status).toBe(404);
    const { body } = await get(`/v1/orders/${letters.event.key}`);
    expect(body).toMatchObject({ status: 500, type: 'urn:atelier:problem:event-set-aside' });
  });

  it('is nothing of an unknown order, although reports are late', async () => {
    const orderId = randomUUID();
    platform.hold('dead-letters.decider');
    await report({ deadLetterId: orderId });
    const { status } = await get(`/v1/orders/${orderId}`);
    await platform.letGo('dead-letters.decider');
    expect(status).toBe(404);
  });

  it('is nothing in the stream of events', async () => {
    const stream = await gateway.app.get(EventStream).open(undefined, new AbortController().signal);
    await stream.next();
    await report();
    await post('/v1/products/POT/receipts', { quantity: 1 });
    const { value } = await stream.next();
    expect(value).toContain('StockReceived');
    expect(value).not.toContain('DeadLetter');
    await stream.return(undefined);
  });
});
