import { CancelOrder, projectionGroup, projections } from '@atelier/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { orderPipeline } from '../../apps/gateway/src/read-model/barrier.ts';
import { UndecidedRecords } from '../../apps/gateway/src/records/undecided-records.ts';
import * as http from '../harness/http.ts';
import { as, OperatorsDesk } from './dead-letters/operators-desk.ts';
import { startGateway } from './gateway.ts';

let desk: OperatorsDesk;
let offset = 0n;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});
beforeEach(() => void (desk.platform.records.isDown = false));
afterAll(() => desk?.close());

/** A record that nobody can fold, or that must not be ignored; resolves with its offset. */
function standing(refusal?: Parameters<typeof desk.platform.records.keep>[1]): bigint {
  offset += 2n;
  const place = { topic: 'orders.events', partition: 3, offset };
  const bytes = { key: Buffer.from('POT'), value: Buffer.from([0xff, 0x00]), headers: [] };
  desk.platform.records.keep({ ...place, timestamp: 1_767_225_600_000, ...bytes }, refusal);
  return offset;
}

const ignore = (at: bigint | string, body: object = { reason: 'a console tool' }, headers = as('ada')) =>
  desk.post(`/v1/records/orders.events/3/${at}/ignore`, body, headers);

const listed = async (at: bigint) =>
  (await desk.get('/v1/records/ignored')).body.items.find(
    (item: { offset: number }) => item.offset === Number(at),
  );

describe('undecodable bytes on an events topic (nothing could be done about them)', () => {
  it('are ignored as an operator decides, and shown with who, when and why, byte for byte', async () => {
    const at = standing();
    const answer = await ignore(at, { reason: 'a console tool' }, as('José'));
    const decision = { operator: 'José', reason: 'a console tool', at: expect.any(String) };
    const place = { topic: 'orders.events', partition: 3, offset: Number(at), lastOffset: Number(at) };
    expect([answer.status, answer.body]).toEqual([200, { ...place, decision }]);
    expect(await listed(at)).toEqual({
      ...place,
      decision,
      record: {
        found: true,
        timestamp: '2026-01-01T00:00:00.000Z',
        key: '504f54',
        value: 'ff00',
        headers: [],
      },
    });
  });

  it('stay decided about as they were first, whoever asks again', async () => {
    const at = standing();
    const first = await ignore(at);
    const again = await ignore(at, { reason: 'another reason' }, as('bob'));
    expect([again.status, again.body]).toEqual([200, first.body]);
  });

  it('are listed after they are gone, too', async () => {
    const at = standing();
    await ignore(at);
    desk.platform.records.lose({ topic: 'orders.events', partition: 3, offset: at });
    expect((await listed(at)).record).toEqual({ found: false, why: expect.any(String) });
  });

  it('wait when Kafka does not answer', async () => {
    const at = standing();
    desk.platform.records.isDown = true;
    const { status, headers } = await ignore(at);
    expect([status, headers.get('Retry-After')]).toEqual([503, '1']);
    expect((await desk.get('/v1/records/ignored')).status).toBe(503);
  });
});

describe('a record that must not be ignored', () => {
  it.each([
    ['event', 'can be folded'],
    ['not-events', 'not on an events topic'],
    ['other-release', 'deploy the release that knows it'],
    ['versioned', '"force": true'],
  ] as const)('is refused: %s', async (refusal, detail) => {
    const at = standing(refusal);
    const { status, body } = await ignore(at);
    expect([status, body.refusal]).toEqual([409, refusal]);
    expect(body.detail).toContain(detail);
    expect(await listed(at)).toBeUndefined();
  });

  it('that says which version of an aggregate it is needs force', async () => {
    const { status } = await ignore(standing('versioned'), { reason: 'a mirror', force: true });
    expect(status).toBe(200);
  });

  it('is a 404 when it is not there', async () => {
    const { status, body } = await ignore(999_999n);
    expect([status, body.detail]).toEqual([404, 'There is no record orders.events-3 offset 999999']);
  });

  it.each(['-1', '1.5', 'x', '9'.repeat(19)])('is refused by its offset: %s', async (at) => {
    const { status, body } = await ignore(at);
    expect([status, body.errors]).toEqual([400, [{ field: 'offset', message: expect.any(String) }]]);
  });

  it.each([
    ['reason', {}],
    ['reason', { reason: '' }],
    ['decision: Unknown here', { reason: 'x', decision: 'ignore' }],
  ])('is refused by its %s', async (detail, body) => {
    const answer = await ignore(standing(), body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(detail);
  });

  it('is refused without who decides', async () => {
    const nobody = await ignore(standing(), { reason: 'x' }, {} as ReturnType<typeof as>);
    expect(nobody).toMatchObject({ status: 400, body: { detail: expect.stringContaining('X-Operator') } });
  });
});

describe('the list of records that are ignored', () => {
  it('is paged, those that were decided about last first', async () => {
    const places = [standing(), standing(), standing()];
    for (const at of places) await ignore(at);
    const found: number[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: http.Answer = await desk.get(`/v1/records/ignored?limit=2${next && `&cursor=${next}`}`);
      found.push(...page.body.items.map((item: { offset: number }) => item.offset));
      next = page.body.next;
    }
    expect(found.slice(0, 3)).toEqual(places.map(Number).toReversed());
    expect(new Set(found).size).toBe(found.length);
  });

  it.each(['limit=0', 'limit=21', 'cursor=x', 'sort=asc'])('refuses ?%s', async (query) => {
    const { status, body } = await desk.get(`/v1/records/ignored?${query}`);
    expect(status).toBe(400);
    expect(body.detail).toContain(query.split('=')[0]);
  });
});

describe('the routes of records', () => {
  it('are for operators', async () => {
    const operators = { token: 'secret', open: true };
    const locked = await startGateway(desk.platform, desk.database.url, operators);
    const answers = await Promise.all([
      http.get(`${locked.url}/v1/records/ignored`),
      http.post(`${locked.url}/v1/records/orders.events/3/1/ignore`, { reason: 'x' }, as('ada')),
      http.get(`${locked.url}/v1/records/ignored`, { Authorization: 'Bearer secret' }),
    ]);
    await locked.app.close();
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
  });

  it('are described', async () => {
    const { paths, components } = (await desk.get('/openapi.json')).body;
    expect(paths['/v1/records/{topic}/{partition}/{offset}/ignore'].post).toMatchObject({
      tags: ['operators'],
      security: [{ bearer: [] }],
    });
    expect(paths['/v1/records/ignored'].get.tags).toEqual(['operators']);
    expect(components.schemas).toHaveProperty('IgnoreRequest');
    expect(components.schemas).toHaveProperty('IgnoredRecordPage');
  });
});

describe('a record that is no event, for an order behind it (its pending answer said nothing)', () => {
  it('is named while commands wait, until it is ignored', async () => {
    const { platform, gateway } = desk;
    const orderId = randomUUID();
    const partition = platform.positions.partitionOf(orderPipeline.events, orderId);
    const at = { topic: orderPipeline.events, partition, offset: 4_711n };
    await desk.report({ ...at, group: projectionGroup(projections.eventLog), errorClass: 'Undecodable' });
    const named = () => gateway.app.get(UndecidedRecords).of(orderPipeline, partition);
    expect(await named()).toBeUndefined();

    platform.hold(orderPipeline.decider);
    await platform.tell(CancelOrder({ orderId, reason: 'changed my mind' }));
    expect(await named()).toEqual(at);

    const bytes = { key: null, value: Buffer.from([0xff]), headers: [] };
    platform.records.keep({ ...at, timestamp: 1_767_225_600_000, ...bytes });
    const path = `/v1/records/${at.topic}/${partition}/${at.offset}/ignore`;
    expect((await desk.post(path, { reason: 'a console tool' })).status).toBe(200);
    expect(await named()).toBeUndefined();
    await platform.letGo(orderPipeline.decider);
  });
});
