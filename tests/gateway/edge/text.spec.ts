import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { as, unknownId } from '../dead-letters/operators-desk.ts';
import { Edge, json, order } from './edge.ts';

let edge: Edge;
beforeAll(async () => void (edge = await Edge.open()));
afterAll(() => edge?.close());

describe('text that cannot be kept as it was sent', () => {
  const half = String.raw`a\ud800`;
  it.each([
    ['customerId', '/v1/orders', `{"customerId":"${half}","email":"a@b.org","lines":[]}`],
    ['email', '/v1/orders', `{"customerId":"a","email":"${half}@b.org","lines":[]}`],
    ['lines.0.sku', '/v1/orders', `{"customerId":"a","email":"a@b.org","lines":[{"sku":"${half}"}]}`],
    ['The body', '/v1/orders', `{"${half}":1}`],
    ['reason', `/v1/orders/${unknownId}/cancel`, `{"reason":"${half}"}`],
    ['name', '/v1/products', `{"sku":"A","name":"${half}"}`],
    ['reason', `/v1/dead-letters/${unknownId}/discard`, `{"reason":"${half}"}`],
    [
      'value.lines.0',
      `/v1/dead-letters/${unknownId}/redrive`,
      `{"reason":"a","value":{"lines":["${half}"]}}`,
    ],
    ['value', `/v1/dead-letters/${unknownId}/redrive`, `{"reason":"a","value":{"${half}":1}}`],
  ])('is refused where JSON escapes half of a character: %s', async (field, path, body) => {
    const answer = await edge.call('POST', path, { body, headers: { ...json, ...as('ada') } });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(`${field}`) } });
    expect(answer.body.detail).toContain('half of a surrogate pair');
  });

  it('is refused in bytes that are not UTF-8', async () => {
    const body = Buffer.from(JSON.stringify(order).replace('ada', 'a\xff'), 'latin1');
    const answer = await edge.call('POST', '/v1/orders', { body, headers: json });
    expect(answer).toMatchObject({ status: 400, body: { detail: 'The body is not UTF-8' } });
  });

  it.each([
    '/v1/orders?customerId=%FF',
    '/v1/orders?customerId=%ED%A0%80',
    '/v1/orders?%FF=1',
    '/v1/orders?customerId=100%',
    '/v1/orders/%FF',
    '/v1/products/%ED%A0%80',
    `/v1/orders/${unknownId}?%FF`,
  ])('is refused in a path and a query: %s', async (path) => {
    expect((await edge.call('GET', path)).status).toBe(400);
  });

  it.each(['/v1/products/zo\xeb', '/v1/orders?customerId=zo\xeb', '/v1/orders?customerId=zo\xc3\xab'])(
    'is refused where it had to be percent-encoded: %s',
    async (target) => {
      const answer = await edge.answerTo(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/);
    },
  );

  it.each([
    ['iso-8859-1', 415],
    ['utf-16', 415],
    ['"UTF-8"', 202],
    ['utf8', 202],
    ['utf-8 x', 415],
  ])('is not guessed from charset=%s', async (charset, status) => {
    const headers = { 'Content-Type': `application/json; charset=${charset}` };
    expect((await edge.place(order, headers)).status).toBe(status);
  });

  it('is kept in all that is text', async () => {
    const customerId = `Zoë 🫖 ${randomUUID()}`;
    const { body } = await edge.place({ ...order, customerId }, { Prefer: 'wait=10' });
    expect(body).toMatchObject({ customerId, status: 'confirmed' });
    const found = await edge.call('GET', `/v1/orders?customerId=${encodeURIComponent(customerId)}`);
    expect(found.body.items).toMatchObject([{ customerId }]);
  });

  it('has as many characters as people would count', async () => {
    expect((await edge.place({ ...order, customerId: '🫖'.repeat(128) })).status).toBe(202);
    expect((await edge.place({ ...order, customerId: '🫖'.repeat(129) })).status).toBe(400);
  });
});

describe('an e-mail address', () => {
  it.each(['user@x.xn--p1ai', 'user@bücher.example', 'a&b@example.org', 'jörg@bücher.example'])(
    '%s is accepted',
    async (email) => {
      expect(await edge.place({ ...order, email })).toMatchObject({ status: 202, body: { email } });
    },
  );
});

describe('a member that the framework would take away', () => {
  it.each(['constructor', 'prototype', 'toString'])('%s is unknown like any other', async (name) => {
    for (const value of [null, 1, { prototype: {} }]) {
      const { status, body } = await edge.place({ ...order, [name]: value });
      expect({ status, detail: body.detail }).toEqual({ status: 400, detail: `${name}: Unknown here` });
    }
    const { body } = await edge.place({ ...order, lines: [{ ...order.lines[0], [name]: 1 }] });
    expect(body.errors).toEqual([{ field: `lines.0.${name}`, message: 'Unknown here' }]);
  });

  it('__proto__ is not said to be broken JSON', async () => {
    const { status, body } = await edge.call('POST', '/v1/orders', {
      body: '{"__proto__":{}}',
      headers: json,
    });
    expect({ status, detail: body.detail }).toEqual({
      status: 400,
      detail: 'The body has a member __proto__, which is unknown here',
    });
  });
});
