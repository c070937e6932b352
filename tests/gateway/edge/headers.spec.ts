import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Edge, json, order } from './edge.ts';

let edge: Edge;
beforeAll(async () => void (edge = await Edge.open()));
afterAll(() => edge?.close());

describe('a body that is compressed', () => {
  it('is refused as what it is', async () => {
    const body = gzipSync(JSON.stringify(order));
    const answer = await edge.call('POST', '/v1/orders', {
      body,
      headers: { ...json, 'Content-Encoding': 'gzip' },
    });
    expect(answer).toMatchObject({ status: 415, body: { detail: expect.stringContaining('gzip') } });
    expect(answer.headers.get('Accept-Encoding')).toBe('identity');
  });
});

describe('the header Prefer', () => {
  it.each(['foo="a, wait=3"', 'handling=lenient; wait=3', 'foo=a b, wait=3'])(
    '%s has no wait',
    async (Prefer) => {
      const { status, headers } = await edge.place(order, { Prefer });
      expect([status, headers.get('Preference-Applied')]).toEqual([202, null]);
    },
  );

  it('has one beside others', async () => {
    const { status, headers } = await edge.place(order, { Prefer: 'foo="a, wait=9"; x, Wait = "10"' });
    expect([status, headers.get('Preference-Applied')]).toEqual([201, 'wait=10']);
  });
});

describe('the header traceparent', () => {
  const [trace, parent] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  it.each([
    [`00-${trace}-${parent}-01`, `00-${trace}-${parent}-01`],
    [`01-${trace}-${parent}-01-more`, `00-${trace}-${parent}-01`],
    [`00-${'0'.repeat(32)}-${parent}-01`, undefined],
    [`00-${trace}-${'0'.repeat(16)}-01`, undefined],
    [`ff-${trace}-${parent}-01`, undefined],
    [`00-${trace}-${parent}-01-more`, undefined],
  ])('%s goes into the log as %s', async (traceparent, kept) => {
    const { body } = await edge.place(order, { traceparent });
    const command = edge.desk.platform
      .messages('orders.commands')
      .find(({ metadata }) => metadata.subject === body.orderId);
    expect(command?.metadata.traceparent).toBe(kept);
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['broken JSON', { body: '{"a":', headers: json }],
    ['no JSON', { body: 'a' }],
    ['a body that its schema refuses', { body: '{}', headers: json }],
  ])('comes back with %s', async (_, init) => {
    const headers = { ...('headers' in init ? init.headers : {}), 'Idempotency-Key': 'my-key' };
    const answer = await edge.call('POST', '/v1/orders', { ...init, headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('Idempotency-Key')).toBe('my-key');
  });

  it('of a client that calls itself anonymous is not that of those who send no name', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const nobody = await edge.place(order, key);
    const named = await edge.place({ ...order, customerId: 'eve' }, { ...key, 'X-Client-Id': 'anonymous' });
    expect([nobody.status, named.status]).toEqual([202, 202]);
    expect(named.body.orderId).not.toBe(nobody.body.orderId);
  });
});
