import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import * as http from '../harness/http.ts';
import { as, OperatorsDesk } from './dead-letters/operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
  await desk.post('/v1/products', {
    sku: 'TEAPOT',
    name: 'Teapot',
    unitPrice: { amount: 450, currency: 'EUR' },
    onHand: 1_000,
  });
});

afterAll(() => desk?.close());

const order = { customerId: 'ada', email: 'ada@example.com', lines: [{ sku: 'TEAPOT', quantity: 1 }] };
const json = { 'Content-Type': 'application/json' };
const unknownId = '5b3f8c4e-0000-4000-8000-000000000000';

const call = (method: string, path: string, init?: RequestInit) =>
  http.call(method, desk.gateway.url + path, init);
const place = (body: unknown = order, headers: Record<string, string> = {}) =>
  http.post(`${desk.gateway.url}/v1/orders`, body, headers);
const commandOf = (orderId: string) =>
  desk.platform.messages('orders.commands').find(({ metadata }) => metadata.subject === orderId);

/** What comes back for these bytes, until the gateway closes the connection. */
async function answerTo(request: string): Promise<string> {
  const socket = connect({ port: Number(new URL(desk.gateway.url).port), host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(request, 'latin1');
  return textOf(socket);
}

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
    const answer = await call('POST', path, { body, headers: { ...json, ...as('ada') } });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(`${field}`) } });
    expect(answer.body.detail).toContain('half of a surrogate pair');
  });

  it('is refused in bytes that are not UTF-8', async () => {
    const body = Buffer.from(JSON.stringify(order).replace('ada', 'a\xff'), 'latin1');
    const answer = await call('POST', '/v1/orders', { body, headers: json });
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
    expect((await call('GET', path)).status).toBe(400);
  });

  it.each(['/v1/products/zo\xeb', '/v1/orders?customerId=zo\xeb', '/v1/orders?customerId=zo\xc3\xab'])(
    'is refused where it had to be percent-encoded: %s',
    async (target) => {
      const answer = await answerTo(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
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
    expect((await place(order, headers)).status).toBe(status);
  });

  it('is kept in all that is text', async () => {
    const customerId = `Zoë 🫖 ${randomUUID()}`;
    const { body } = await place({ ...order, customerId }, { Prefer: 'wait=10' });
    expect(body).toMatchObject({ customerId, status: 'confirmed' });
    const found = await call('GET', `/v1/orders?customerId=${encodeURIComponent(customerId)}`);
    expect(found.body.items).toMatchObject([{ customerId }]);
  });

  it('has as many characters as people would count', async () => {
    expect((await place({ ...order, customerId: '🫖'.repeat(128) })).status).toBe(202);
    expect((await place({ ...order, customerId: '🫖'.repeat(129) })).status).toBe(400);
  });
});

describe('a body that is compressed', () => {
  it('is refused as what it is', async () => {
    const body = gzipSync(JSON.stringify(order));
    const answer = await call('POST', '/v1/orders', {
      body,
      headers: { ...json, 'Content-Encoding': 'gzip' },
    });
    expect(answer).toMatchObject({ status: 415, body: { detail: expect.stringContaining('gzip') } });
    expect(answer.headers.get('Accept-Encoding')).toBe('identity');
  });
});

describe('an e-mail address', () => {
  it.each(['user@x.xn--p1ai', 'user@bücher.example', 'a&b@example.org', 'jörg@bücher.example'])(
    '%s is accepted',
    async (email) => {
      expect(await place({ ...order, email })).toMatchObject({ status: 202, body: { email } });
    },
  );
});

describe('the header Prefer', () => {
  it.each(['foo="a, wait=3"', 'handling=lenient; wait=3', 'foo=a b, wait=3'])(
    '%s has no wait',
    async (Prefer) => {
      const { status, headers } = await place(order, { Prefer });
      expect([status, headers.get('Preference-Applied')]).toEqual([202, null]);
    },
  );

  it('has one beside others', async () => {
    const { status, headers } = await place(order, { Prefer: 'foo="a, wait=9"; x, Wait = "10"' });
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
    const { body } = await place(order, { traceparent });
    expect(commandOf(body.orderId)?.metadata.traceparent).toBe(kept);
  });
});

describe('a method that a path has not', () => {
  it.each(['QUERY', 'PROPFIND', 'FOO', 'get', 'CONNECT'])(
    '%s is answered with those that it has',
    async (method) => {
      const answer = await answerTo(`${method} /v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 405 /);
      expect(answer).toMatch(/^allow: GET, HEAD, POST\r$/im);
      expect(answer).toContain(`/v1/orders has no ${method}`);
    },
  );

  it.each(['QUERY', 'FOO'])('%s is 404 where there is no path', async (method) => {
    const answer = await answerTo(`${method} /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('is not that of a neighbour whose parameter the path might be', async () => {
    for (const method of ['PUT', 'GET']) {
      const { status, headers } = await call(method, '/v1/dead-letters/redrive');
      expect([status, headers.get('Allow')]).toEqual([405, 'POST']);
    }
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['headers that are too long', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', 400],
    ['a broken header', 'GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n', 400],
  ])('%s are a problem all the same', async (_, bytes, status) => {
    const answer = await answerTo(bytes);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    const body = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as unknown;
    expect(body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });
});

describe('an id', () => {
  it('is read in upper case, too', async () => {
    const { body } = await place(order, { Prefer: 'wait=10' });
    const path = `/v1/orders/${String(body.orderId).toUpperCase()}`;
    expect(await call('GET', path)).toMatchObject({ status: 200, body: { orderId: body.orderId } });
    expect(await call('GET', `${path}/events`)).toMatchObject({ status: 200 });
    const letter = await desk.report();
    const shown = await desk.get(`/v1/dead-letters/${letter.toUpperCase()}`);
    expect(shown).toMatchObject({ status: 200, body: { deadLetterId: letter } });
    expect((await desk.redrive(letter.toUpperCase())).headers.get('Location')).toBe(
      `/v1/dead-letters/${letter}`,
    );
  });
});

describe('a query', () => {
  it.each([
    'limit=0x10',
    'limit=1e1',
    'limit=+5',
    'limit=%205',
    'limit=5.0',
    'limit=05',
    'limit=',
    '__proto__=x',
    'constructor=x',
    'prototype=x',
  ])('?%s is refused by every list', async (query) => {
    for (const list of ['orders', 'products', 'dead-letters', 'dead-letters/groups', 'transactions']) {
      const { status, body } = await call('GET', `/v1/${list}?${query}`);
      expect({ list, status, field: body.errors[0].field }).toEqual({
        list,
        status: 400,
        field: query.split('=')[0],
      });
    }
  });
});

describe('what Node would refuse without a body', () => {
  it.each([
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'The request has no Host'],
    ['an unknown Expect', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: b\r\n\r\n', 417, 'Of Expect only'],
  ])('%s is a problem', async (_, request, status, detail) => {
    const answer = await answerTo(request);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    expect(answer).toContain(`"detail":"${detail}`);
  });
});

describe('a member that the framework would take away', () => {
  it.each(['constructor', 'prototype', 'toString'])('%s is unknown like any other', async (name) => {
    for (const value of [null, 1, { prototype: {} }]) {
      const { status, body } = await place({ ...order, [name]: value });
      expect({ status, detail: body.detail }).toEqual({ status: 400, detail: `${name}: Unknown here` });
    }
    const { body } = await place({ ...order, lines: [{ ...order.lines[0], [name]: 1 }] });
    expect(body.errors).toEqual([{ field: `lines.0.${name}`, message: 'Unknown here' }]);
  });

  it('__proto__ is not said to be broken JSON', async () => {
    const { status, body } = await call('POST', '/v1/orders', { body: '{"__proto__":{}}', headers: json });
    expect({ status, detail: body.detail }).toEqual({
      status: 400,
      detail: 'The body has a member __proto__, which is unknown here',
    });
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['broken JSON', { body: '{"a":', headers: json }],
    ['no JSON', { body: 'a' }],
    ['a body that its schema refuses', { body: '{}', headers: json }],
  ])('comes back with %s', async (_, init) => {
    const headers = { ...('headers' in init ? init.headers : {}), 'Idempotency-Key': 'my-key' };
    const answer = await call('POST', '/v1/orders', { ...init, headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('Idempotency-Key')).toBe('my-key');
  });

  it('of a client that calls itself anonymous is not that of those who send no name', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const nobody = await place(order, key);
    const named = await place({ ...order, customerId: 'eve' }, { ...key, 'X-Client-Id': 'anonymous' });
    expect([nobody.status, named.status]).toEqual([202, 202]);
    expect(named.body.orderId).not.toBe(nobody.body.orderId);
  });
});

describe('an order that stays as it is', () => {
  it('says so to a client that asks to cancel it and does not wait', async () => {
    const { body } = await place(order, { Prefer: 'wait=10' });
    const path = `${desk.gateway.url}/v1/orders/${body.orderId}/cancel`;
    const answer = await http.post(path, { reason: 'changed my mind' });
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'confirmed', hint: expect.stringContaining('Prefer') },
    });
  });
});

describe('an order with one sku in two lines', () => {
  it('is refused as what it is', async () => {
    const answer = await place({ ...order, lines: [...order.lines, ...order.lines] });
    expect(answer).toMatchObject({ status: 422, body: { skus: ['TEAPOT'] } });
  });
});

describe('the address of the gateway', () => {
  it('shows what is here', async () => {
    const page = await fetch(desk.gateway.url);
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    const links = [...(await page.text()).matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toEqual(expect.arrayContaining(['/docs', '/openapi.json', 'http://127.0.0.1:1080']));
    for (const link of links.filter((href) => href?.startsWith('/') && !href.startsWith('/health')))
      expect((await fetch(desk.gateway.url + link)).status).toBe(200);
  });
});
