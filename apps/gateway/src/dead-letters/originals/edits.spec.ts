import { stringifyExactly } from '@atelier/contracts';
import type { OfOtherRelease, Original } from '@atelier/eventing';
import { describe, expect, it } from '@jest/globals';
import type { KnownDeadLetter } from '../letters/dead-letter.queries.ts';
import { Edits } from './edits.ts';
import type { DeadLetterRecord, OriginalRecords } from './original-records.ts';

const receipt = { sku: 'POT', quantity: 5 };
const letter = { topic: 'inventory.commands', messageType: 'ReceiveStock', key: 'POT' } as KnownDeadLetter;
const record = { value: Buffer.from([0, 255]) } as DeadLetterRecord;

interface Stub {
  /** What is read of the record. */
  readonly written?: Original | OfOtherRelease | undefined;
  readonly fits?: boolean;
}

const received: Original = { type: 'ReceiveStock', version: 1, data: receipt };
const unreadable = { written: undefined };

/** Values in this spec are JSON. */
const editsOf = ({ fits = true, ...stub }: Stub = {}) =>
  new Edits({
    decode: async () => ('written' in stub ? stub.written : received),
    encode: async (_: string, data: unknown) => {
      if (!fits) throw new Error('quantity is too large');
      return Buffer.from(stringifyExactly(data));
    },
  } as unknown as OriginalRecords);

const refusal = (status: number, text: string) =>
  expect.objectContaining({ status, message: expect.stringContaining(text) });

describe('an edited value', () => {
  it('is encoded, with the difference to what it was', async () => {
    const { value, difference } = await editsOf().of(letter, record, { sku: 'POT', quantity: 6 });
    expect(JSON.parse(value.toString())).toEqual({ sku: 'POT', quantity: 6 });
    expect(difference).toEqual([{ path: '/quantity', from: 5, to: 6 }]);
  });

  it('replaces one that could not be read', async () => {
    const { difference } = await editsOf(unreadable).of(letter, record, receipt);
    expect(difference).toEqual([{ path: '', from: '00ff', to: receipt }]);
  });

  it('keeps its key', async () => {
    const edit = editsOf().of(letter, record, { sku: 'CUP', quantity: 5 });
    await expect(edit).rejects.toThrow(refusal(400, 'value.sku: must stay POT'));
  });

  it.each([
    [{ sku: 'POT', quantity: '5' }, 'value.quantity'],
    [{ sku: 'POT' }, 'value.quantity'],
    [{ ...receipt, price: 1 }, 'value.price: is not in the schema'],
  ])('fits its schema: %j does not', async (edited, text) => {
    await expect(editsOf().of(letter, record, edited)).rejects.toThrow(refusal(400, text));
  });

  it('does not differ by more than the history keeps', async () => {
    const garbled = { value: Buffer.alloc(40_000) } as DeadLetterRecord;
    const edit = editsOf(unreadable).of(letter, garbled, receipt);
    await expect(edit).rejects.toThrow(refusal(422, '65536 are kept at most'));
  });

  it.each<[string, Original | OfOtherRelease, string]>([
    ['with a version', { ...received, version: undefined }, 'its version of ReceiveStock'],
    [
      'with a symbol',
      { unknown: 'atelier.orders.PlaceOrder.channel fax' },
      'atelier.orders.PlaceOrder.channel fax',
    ],
  ])('does not drop what another release has written %s (its fields were lost)', async (_, written, what) => {
    const edit = editsOf({ written }).of(letter, record, { ...receipt, quantity: 6 });
    await expect(edit).rejects.toThrow(
      refusal(
        422,
        `does not know ${what}, and would drop what that has beyond its own. Edit it at a gateway of`,
      ),
    );
  });

  it('is refused where the codec refuses it', async () => {
    const edit = editsOf({ fits: false }).of(letter, record, receipt);
    await expect(edit).rejects.toThrow(refusal(400, 'quantity is too large'));
  });

  describe('of an order', () => {
    const unitPrice = { amount: 450, currency: 'EUR' };
    const line = { sku: 'POT', quantity: 2, unitPrice };
    const order = {
      orderId: 'a',
      customerId: 'ada',
      email: 'ada@example.com',
      lines: [line],
      channel: 'web',
    };
    const placed = { topic: 'orders.commands', messageType: 'PlaceOrder', key: 'a' } as KnownDeadLetter;
    const confirmed = { topic: 'orders.events', messageType: 'OrderConfirmed', key: 'a' } as KnownDeadLetter;
    const priced = (price: object, quantity = 2) => ({
      ...order,
      lines: [line, { sku: 'CUP', quantity, unitPrice: { ...unitPrice, ...price } }],
    });
    const field = 'value.lines.1.unitPrice';

    it.each([
      [priced({ amount: -1 }), `${field}.amount: must be a whole number of minor units from 0`],
      [priced({ amount: '9007199254740992' }), `${field}.amount: must be a whole number`],
      [priced({ amount: '9223372036854775807' }), `${field}.amount: must be a whole number`],
      [priced({ currency: 'EURO' }), `${field}.currency: must be a currency of ISO 4217`],
      [priced({ currency: 'constructor' }), `${field}.currency: must be a currency of ISO 4217`],
      [priced({ amount: 9_007_199_254_740_991 }), 'value.lines: must not come to more than 9007199254740991'],
    ])(
      'has no money that deciders refuse (amounts beyond 2^53 broke every list): %#',
      async (edited, text) => {
        await expect(editsOf().of(placed, record, edited)).rejects.toThrow(refusal(400, text));
      },
    );

    it('is checked in events, too', async () => {
      const { channel: _, ...terms } = order;
      const edited = { ...terms, total: { amount: '9223372036854775807', currency: 'EUR' } };
      const edit = editsOf().of(confirmed, record, edited);
      await expect(edit).rejects.toThrow(refusal(400, 'value.total.amount: must be'));
    });

    it('may come to the largest amount that there is', async () => {
      const edited = {
        ...order,
        lines: [{ ...line, quantity: 1, unitPrice: { amount: '9007199254740991', currency: 'JPY' } }],
      };
      await expect(editsOf().of(placed, record, edited)).resolves.toBeDefined();
    });
  });

  it('is of the type that its schema has, or that ce_type names, in full or not (full names were refused)', async () => {
    const called = (messageType: string | null) => ({ ...letter, messageType });
    for (const messageType of ['com.example.received', null])
      await expect(editsOf().of(called(messageType), record, receipt)).resolves.toBeDefined();
    const garbled = editsOf(unreadable);
    const full = called('atelier.inventory.ReceiveStock');
    await expect(garbled.of(full, record, receipt)).resolves.toBeDefined();
  });

  it('needs a type that is known', async () => {
    const nameless = { ...letter, messageType: null };
    await expect(editsOf(unreadable).of(nameless, record, receipt)).rejects.toThrow(refusal(422, 'no type'));
    const unknown = { ...letter, messageType: 'Unknown' };
    await expect(editsOf(unreadable).of(unknown, record, receipt)).rejects.toThrow(
      refusal(422, 'Unknown is not in'),
    );
  });
});
