import {
  AddProduct,
  LONGEST_ID,
  OrderPlaced,
  OrderPlacementRefused,
  PlaceOrder,
  ProductAdded,
  ProductAdditionRefused,
  ReportHangingTransaction,
  transactionKey,
} from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { OperatorsDesk, as } from './dead-letters/operators-desk.ts';

const largest = 2n ** 53n - 1n;
const int64 = 2n ** 63n - 1n;

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

/** As it was sent: what reads JSON into floating-point numbers would lose digits. */
const textOf = async (path: string) => {
  const answer = await fetch(desk.gateway.url + path);
  expect(answer.status).toBe(200);
  return answer.text();
};

const product = (amount: unknown, currency: unknown, sku = `POT-${randomUUID()}`) => ({
  sku,
  name: 'Pot',
  unitPrice: { amount, currency },
  onHand: 1_000,
});
const orderOf = (...lines: { sku: string; quantity: number }[]) => ({
  customerId: 'ada',
  email: 'ada@example.com',
  lines,
});
const priced = (orderId: string, amount: bigint, currency = 'EUR') => ({
  orderId,
  ...orderOf(),
  channel: 'web' as const,
  lines: [{ sku: 'GEM', quantity: 1, unitPrice: { amount, currency } }],
});

describe('a price', () => {
  it.each([-1, Number(largest) + 1, 1e300, 1.5, '450', null])('of %j is refused', async (amount) => {
    const { status, body } = await desk.post('/v1/products', product(amount, 'EUR'));
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [
        {
          field: 'unitPrice.amount',
          message: 'must be a whole number of minor units from 0 to 9007199254740991',
        },
      ],
    });
  });

  it.each(['EURO', 'eur', 'XYZ', 'BGN', 'XAU', '', 'constructor', '__proto__', 1])(
    'in %j is refused',
    async (currency) => {
      const { status, body } = await desk.post('/v1/products', product(450, currency));
      expect({ status, errors: body.errors }).toEqual({
        status: 400,
        errors: [
          {
            field: 'unitPrice.currency',
            message: 'must be a currency of ISO 4217 that has a minor unit, in capitals, like EUR',
          },
        ],
      });
    },
  );

  it.each(['HUF', 'JPY', 'KWD', 'UYW'])('may be the largest amount in %s', async (currency) => {
    const added = await desk.post('/v1/products', product(Number(largest), currency));
    expect(added).toMatchObject({ status: 202, body: { unitPrice: { amount: Number(largest), currency } } });
  });

  it('of a foreign command is refused by the decider, and no list is the worse for it', async () => {
    const commands = [priced('dear', largest + 1n), priced('huge', int64), priced('odd', 450n, 'EURO')];
    await desk.platform.tell(...commands.map((data) => PlaceOrder(data)));
    await desk.platform.tell(
      AddProduct({ ...product(0, ''), sku: 'HUGE', unitPrice: { amount: int64, currency: 'EUR' } }),
      AddProduct({ ...product(0, ''), sku: 'ODD', unitPrice: { amount: 1n, currency: '__proto__' } }),
    );
    const answers = ['orders.events', 'inventory.events'].flatMap((topic) =>
      desk.platform.messages(topic).map(({ type, data }) => ({ type, data })),
    );
    expect(answers).toEqual(
      expect.arrayContaining([
        OrderPlacementRefused({ orderId: 'dear', reason: 'invalid-price' }),
        OrderPlacementRefused({ orderId: 'huge', reason: 'invalid-price' }),
        OrderPlacementRefused({ orderId: 'odd', reason: 'unknown-currency' }),
        ProductAdditionRefused({ sku: 'HUGE', reason: 'invalid-price' }),
        ProductAdditionRefused({ sku: 'ODD', reason: 'unknown-currency' }),
      ]),
    );
    expect(JSON.parse(await textOf('/v1/orders'))).toEqual({ items: [], next: null });
  });
});

describe('the total of an order', () => {
  it('is the largest amount at most', async () => {
    const [dear, cheap] = [product(Number(largest) - 1, 'CLF'), product(1, 'CLF')];
    await desk.post('/v1/products', dear);
    await desk.post('/v1/products', cheap);
    await desk.platform.idle();
    const most = orderOf({ sku: dear.sku, quantity: 1 }, { sku: cheap.sku, quantity: 1 });
    expect(await desk.post('/v1/orders', most, { Prefer: 'wait=10' })).toMatchObject({
      status: 201,
      body: { status: 'confirmed', total: { amount: Number(largest), currency: 'CLF' } },
    });
    const more = orderOf({ sku: dear.sku, quantity: 1 }, { sku: cheap.sku, quantity: 2 });
    expect(await desk.post('/v1/orders', more)).toMatchObject({
      status: 422,
      body: {
        type: 'urn:atelier:problem:total-too-large',
        detail: expect.stringContaining(
          'comes to 9007199254740992 minor units, and 9007199254740991 is the most',
        ),
      },
    });
  });
});

describe('2^63 - 1 in the log from before there was a limit (GET /v1/orders was 500 for everybody)', () => {
  const orderId = randomUUID();
  const exactly = '"amount":9223372036854775807,';

  beforeAll(async () => {
    const unitPrice = { amount: int64, currency: 'EUR' };
    await desk.platform.happenBefore(
      OrderPlaced({ ...priced(orderId, int64), contact: '', total: unitPrice }),
    );
    await desk.platform.happenBefore(ProductAdded({ sku: 'GEM', name: 'Gem', unitPrice, onHand: 1 }));
    await desk.report({ offset: int64, key: 'far', failedAt: int64, firstFailedAt: -int64 });
    const place = { topic: 'orders.events', partition: 3, producerId: int64 };
    const hanging = { ...place, transaction: transactionKey(place), startOffset: int64, waiting: int64 };
    await desk.platform.tell(
      ReportHangingTransaction({
        ...hanging,
        producerEpoch: 7,
        transactionalId: null,
        since: int64,
        verdict: 'unproven',
        known: 'nothing',
      }),
    );
  });

  it.each([
    ['the list of orders', '/v1/orders', 2],
    ['the order', `/v1/orders/${orderId}`, 2],
    ['its history, as it was written and as it is read', `/v1/orders/${orderId}/events`, 4],
    ['the list of products', '/v1/products', 1],
    ['the product', '/v1/products/GEM', 1],
  ])('is shown with every digit in %s', async (_, path, times) => {
    expect((await textOf(path)).split(exactly)).toHaveLength(times + 1);
  });

  it('is shown with every digit in the stream of events, live and from before', async () => {
    const start = Array.from({ length: 12 }, () => '0').join('.');
    const { body } = await fetch(`${desk.gateway.url}/v1/events`, { headers: { 'Last-Event-ID': start } });
    let seen = '';
    for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      seen += chunk;
      if (seen.split(exactly).length > 3) break;
    }
    expect(seen).toContain(`"subject":"${orderId}"`);
  });

  it('is an offset like any other to operators', async () => {
    const text = await textOf('/v1/dead-letters');
    expect(text).toContain('"offset":9223372036854775807,');
    expect(JSON.parse(text).items[0]).toMatchObject({
      failedAt: '9999-12-31T23:59:59.999Z',
      firstFailedAt: '1970-01-01T00:00:00.000Z',
    });
  });

  it('is a producer like any other to operators, who can end its transaction', async () => {
    const text = await textOf('/v1/transactions');
    for (const field of ['producerId', 'startOffset', 'waiting'])
      expect(text).toContain(`"${field}":9223372036854775807,`);
    const request = { topic: 'orders.events', partition: 3, outcome: 'abort', reason: 'it is nobody’s' };
    const path = (producerId: bigint) => `/v1/transactions/${producerId}/end`;
    expect((await desk.post(path(int64), request, as('ada'))).status).toBe(202);
    expect((await desk.post(path(int64 + 1n), request, as('ada'))).status).toBe(400);
  });

  it('cannot be ordered any more', async () => {
    expect(await desk.post('/v1/orders', orderOf({ sku: 'GEM', quantity: 1 }))).toMatchObject({
      status: 422,
      body: { type: 'urn:atelier:problem:total-too-large' },
    });
  });
});

describe('a product in a currency that the table does not have, from before currencies were checked', () => {
  it('cannot be ordered any more (the order was accepted, and there was none)', async () => {
    const unitPrice = { amount: 450n, currency: 'BGN' };
    await desk.platform.happenBefore(ProductAdded({ sku: 'OLD', name: 'Old', unitPrice, onHand: 1 }));
    expect(await desk.post('/v1/orders', orderOf({ sku: 'OLD', quantity: 1 }))).toMatchObject({
      status: 422,
      body: {
        type: 'urn:atelier:problem:unknown-currency',
        detail: expect.stringContaining('OLD (BGN)'),
        skus: ['OLD'],
      },
    });
  });
});

describe('an id of another system', () => {
  it('that is as long as can be ends no list (its cursor was refused)', async () => {
    const skus = ['y', 'z'].map((letter) => letter.repeat(LONGEST_ID));
    const added = skus.map((sku) =>
      AddProduct({ sku, name: 'Far', unitPrice: { amount: 1n, currency: 'EUR' }, onHand: 1 }),
    );
    await desk.platform.tell(...added);
    const listed: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { status, body } = await desk.get(`/v1/products?limit=1${next && `&cursor=${next}`}`);
      expect(status).toBe(200);
      listed.push(...body.items.map(({ sku }: { sku: string }) => sku));
      next = body.next;
    }
    expect(listed.slice(-2)).toEqual(skus);
  });
});

describe('the document', () => {
  it('has the range and the currencies of what comes in, and whole numbers of any size going out', async () => {
    const { schemas } = JSON.parse(await textOf('/openapi.json')).components;
    expect(schemas.Price.properties).toMatchObject({
      amount: { type: 'integer', minimum: 0, maximum: Number(largest) },
      currency: { type: 'string', enum: expect.arrayContaining(['EUR', 'HUF', 'UYW']) },
    });
    expect(schemas.Money.properties).toMatchObject({
      amount: { type: 'integer', format: 'int64' },
      currency: { type: 'string' },
    });
  });
});
