import {
  RecordTransactionEnded,
  RecordTransactionNotEnded,
  ReportHangingTransaction,
  transactionKey,
} from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as http from '../harness/http.ts';
import { as, OperatorsDesk } from './dead-letters/operators-desk.ts';
import { startGateway } from './gateway.ts';

let desk: OperatorsDesk;
let producers = 4_711n;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

const placeOf = (producerId: bigint) => {
  const at = { topic: 'orders.events', partition: 3, producerId };
  return { transaction: transactionKey(at), ...at };
};

/** A transaction that hangs; resolves with its producer. */
async function hanging(verdict = 'unproven'): Promise<bigint> {
  const producerId = producers++;
  const report = ReportHangingTransaction({
    ...placeOf(producerId),
    producerEpoch: 7,
    startOffset: 42n,
    transactionalId: 'orders-1',
    since: 1_767_225_600_000n,
    waiting: 12n,
    verdict,
    known: 'no position names its records',
  });
  await desk.platform.tell(report);
  return producerId;
}

const request = { topic: 'orders.events', partition: 3, outcome: 'abort', reason: 'it is in the log twice' };
const end = (producerId: bigint | string, body: object = {}, headers = as('ada')) =>
  desk.post(`/v1/transactions/${producerId}/end`, { ...request, ...body }, headers);
const ended = (producerId: bigint, by: string, asked: number | null) =>
  RecordTransactionEnded({
    ...placeOf(producerId),
    producerEpoch: 7,
    startOffset: 42n,
    outcome: 'abort',
    reason: 'its position was never committed',
    by,
    request: asked,
  });

async function listed(producerId: bigint, query = 'limit=100') {
  const { body } = await desk.get(`/v1/transactions?${query}`);
  return body.items.find((item: { producerId: number }) => item.producerId === Number(producerId));
}

describe('a hanging transaction', () => {
  it('is listed with all that is known', async () => {
    const id = await hanging();
    expect(await listed(id)).toEqual({
      transaction: `orders.events-3/${id}`,
      topic: 'orders.events',
      partition: 3,
      producerId: Number(id),
      state: 'hanging',
      producerEpoch: 7,
      startOffset: 42,
      transactionalId: 'orders-1',
      since: '2026-01-01T00:00:00.000Z',
      waiting: 12,
      verdict: 'unproven',
      known: 'no position names its records',
      foundAt: expect.any(String),
    });
  });

  it('is ended as an operator decides', async () => {
    const id = await hanging();
    const answer = await end(id, {}, as('José', { Prefer: 'wait=1' }));
    expect(answer).toMatchObject({
      status: 202,
      body: { transaction: `orders.events-3/${id}`, status: 'requested', request: 1 },
    });
    expect(answer.headers.get('Location')).toBe('/v1/transactions');
    expect(answer.headers.get('Preference-Applied')).toBe('wait=1');
    await desk.platform.idle();
    const decision = { outcome: 'abort', by: 'José', reason: 'it is in the log twice' };
    expect(await listed(id)).toMatchObject({ state: 'requested', decision });
    await desk.platform.tell(ended(id, 'José', 1));
    expect(await listed(id)).toMatchObject({ state: 'ended', decision, endedAt: expect.any(String) });
    expect((await end(id)).body).toMatchObject({ status: 409, refusal: 'ended' });
    const another = await end(id, { startOffset: 99 });
    expect([another.status, another.body.request]).toEqual([202, 2]);
    await desk.platform.idle();
    expect(await listed(id)).toMatchObject({ state: 'requested', startOffset: 99, verdict: null });
  });

  it('says why brokers did not end it, and is requested again', async () => {
    const id = await hanging();
    await end(id);
    const attempt = { startOffset: 42n, outcome: 'abort', by: 'ada', request: 1 };
    const notEnded = { result: 'refused', why: 'no right to alter the cluster' };
    await desk.platform.tell(RecordTransactionNotEnded({ ...placeOf(id), ...attempt, ...notEnded }));
    expect(await listed(id)).toMatchObject({ state: 'not-ended', notEnded: 'no right to alter the cluster' });
    expect((await end(id)).body).toMatchObject({ status: 'requested', request: 2 });
  });

  it('that is ended on proof says by what', async () => {
    const id = await hanging('proven-abort');
    await desk.platform.tell(ended(id, 'transactions.watch', null));
    const decision = { by: 'transactions.watch', reason: 'its position was never committed' };
    expect(await listed(id)).toMatchObject({ state: 'ended', decision });
  });

  it('is ended once, whoever asks how often', async () => {
    const id = await hanging();
    const key = as('ada', { 'Idempotency-Key': `end-${id}` });
    const answers = [await end(id, {}, key), await end(id, {}, key), await end(id, {}, as('bob'))];
    expect(answers.map(({ status, body }) => [status, body.request])).toEqual(Array(3).fill([202, 1]));
    expect((await end(id, { outcome: 'commit' }, as('bob'))).body).toMatchObject({
      status: 409,
      refusal: 'other-outcome-requested',
      detail: expect.stringContaining('another outcome'),
    });
    for (const other of [{ outcome: 'commit' }, { partition: 4 }])
      expect(await end(id, other, key)).toMatchObject({
        status: 422,
        body: { type: 'urn:atelier:problem:idempotency-key-reused' },
      });
    const events = desk.platform.messages('transactions.events');
    const requests = events.filter(
      ({ type, metadata }) =>
        type === 'TransactionEndRequested' && metadata.subject === placeOf(id).transaction,
    );
    expect(requests).toHaveLength(1);
  });

  it('is remembered to be ended by a gateway that was not there', async () => {
    const id = await hanging();
    const key = as('ada', { 'Idempotency-Key': `end-${id}` });
    await end(id, {}, key);
    await desk.platform.tell(ended(id, 'ada', 1));
    const young = await startGateway(desk.platform, desk.database.url);
    const again = await http.post(`${young.url}/v1/transactions/${id}/end`, request, key);
    await young.app.close();
    expect(again).toMatchObject({ status: 202, body: { status: 'requested', request: 1 } });
  });

  it('is accepted when it is not decided in time', async () => {
    const id = await hanging();
    desk.platform.hold('transactions.decider');
    const { status, body } = await end(id, {}, as('ada', { Prefer: 'wait=0' }));
    expect([status, body.status]).toEqual([202, 'accepted']);
    await desk.platform.letGo('transactions.decider');
    expect(await listed(id)).toMatchObject({ state: 'requested' });
  });

  it('need not have been found, and may be of the positions', async () => {
    const id = producers++;
    const answer = await end(id, { topic: '__consumer_offsets', partition: 49, outcome: 'commit' });
    expect(answer).toMatchObject({
      status: 202,
      body: { transaction: `__consumer_offsets-49/${id}`, status: 'requested' },
    });
    await desk.platform.idle();
    expect(await listed(id)).toMatchObject({ state: 'requested', startOffset: null, verdict: null });
  });
});

describe('the list of hanging transactions', () => {
  it('is filtered and paged, those that were found last first', async () => {
    const ids = [await hanging('foreign'), await hanging('foreign'), await hanging('foreign')];
    const found: number[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: http.Answer = await desk.get(
        `/v1/transactions?state=hanging&limit=2${next && `&cursor=${next}`}`,
      );
      found.push(...page.body.items.map(({ producerId }: { producerId: number }) => producerId));
      next = page.body.next;
    }
    expect(found.slice(0, 3)).toEqual(ids.map(Number).toReversed());
    expect(new Set(found).size).toBe(found.length);
    expect(await listed(ids[0] as bigint, 'state=ended&limit=100')).toBeUndefined();
  });

  it.each(['limit=0', 'state=lost', 'cursor=x', 'sort=asc'])('refuses ?%s', async (query) => {
    const { status, body } = await desk.get(`/v1/transactions?${query}`);
    expect(status).toBe(400);
    expect(body.detail).toContain(query.split('=')[0]);
  });
});

describe('a request that makes no sense', () => {
  it.each([
    ['outcome', { outcome: 'forget' }],
    ['topic: must be a topic of the catalogue', { topic: 'orders.rumours' }],
    ['partition: must be less than 6', { partition: 6 }],
    ['partition', { partition: -1 }],
    ['partition', { partition: '3' }],
    ['reason: Required', { reason: undefined }],
    ['force: Unknown here', { force: true }],
  ])('is refused by its %s', async (detail, body) => {
    const answer = await end(1n, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('Content-Type')).toContain('application/problem+json');
    expect(answer.body.detail).toContain(detail);
  });

  it.each(['orders-1', '-1', '1.5', '9'.repeat(19)])('is refused by its producer: %s', async (producer) => {
    const { status, body } = await end(producer);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'producerId', message: expect.any(String) }]);
  });

  it('is refused without who decides', async () => {
    const nobody = await end(1n, {}, {} as ReturnType<typeof as>);
    expect(nobody).toMatchObject({ status: 400, body: { detail: expect.stringContaining('X-Operator') } });
  });
});

describe('the routes of transactions', () => {
  it('are for operators', async () => {
    const operators = { token: 'secret', open: true };
    const locked = await startGateway(desk.platform, desk.database.url, operators);
    const answers = await Promise.all([
      http.get(`${locked.url}/v1/transactions`),
      http.post(`${locked.url}/v1/transactions/1/end`, request, as('ada')),
      http.get(`${locked.url}/v1/transactions`, { Authorization: 'Bearer secret' }),
    ]);
    await locked.app.close();
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
  });

  it('are described', async () => {
    const { paths, components } = (await desk.get('/openapi.json')).body;
    expect(paths['/v1/transactions/{producerId}/end'].post).toMatchObject({
      tags: ['operators'],
      security: [{ bearer: [] }],
    });
    expect(paths['/v1/transactions'].get.tags).toEqual(['operators']);
    expect(components.schemas).toHaveProperty('HangingTransaction');
    expect(components.schemas).toHaveProperty('TransactionEndRequest');
  });
});
