import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as http from '../../harness/http.ts';
import { Edge, order } from './edge.ts';

let edge: Edge;
beforeAll(async () => void (edge = await Edge.open()));
afterAll(() => edge?.close());

describe('an id', () => {
  it('is read in upper case, too', async () => {
    const { body } = await edge.place(order, { Prefer: 'wait=10' });
    const path = `/v1/orders/${String(body.orderId).toUpperCase()}`;
    expect(await edge.call('GET', path)).toMatchObject({ status: 200, body: { orderId: body.orderId } });
    expect(await edge.call('GET', `${path}/events`)).toMatchObject({ status: 200 });
    const letter = await edge.desk.report();
    const shown = await edge.desk.get(`/v1/dead-letters/${letter.toUpperCase()}`);
    expect(shown).toMatchObject({ status: 200, body: { deadLetterId: letter } });
    expect((await edge.desk.redrive(letter.toUpperCase())).headers.get('Location')).toBe(
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
      const { status, body } = await edge.call('GET', `/v1/${list}?${query}`);
      expect({ list, status, field: body.errors[0].field }).toEqual({
        list,
        status: 400,
        field: query.split('=')[0],
      });
    }
  });
});

describe('an order that stays as it is', () => {
  it('says so to a client that asks to cancel it and does not wait', async () => {
    const { body } = await edge.place(order, { Prefer: 'wait=10' });
    const path = `${edge.url}/v1/orders/${body.orderId}/cancel`;
    const answer = await http.post(path, { reason: 'changed my mind' });
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'confirmed', hint: expect.stringContaining('Prefer') },
    });
  });
});

describe('an order with one sku in two lines', () => {
  it('is refused as what it is', async () => {
    const answer = await edge.place({ ...order, lines: [...order.lines, ...order.lines] });
    expect(answer).toMatchObject({ status: 422, body: { skus: ['TEAPOT'] } });
  });
});

describe('the address of the gateway', () => {
  it('shows what is here', async () => {
    const page = await fetch(edge.url);
    expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    const links = [...(await page.text()).matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(links).toEqual(expect.arrayContaining(['/docs', '/openapi.json', 'http://127.0.0.1:1080']));
    for (const link of links.filter((href) => href?.startsWith('/') && !href.startsWith('/health')))
      expect((await fetch(edge.url + link)).status).toBe(200);
  });
});
