import { DiscardDeadLetter, RestoreDeadLetter } from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OperatorsDesk, unknownId } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe('a dead letter', () => {
  it('is shown with its history, its record, and what waits behind it', async () => {
    const id = await desk.report();
    desk.platform.deadLetters.parked.set(id, { offsets: [18n, 21n], more: false });
    const { status, body } = await desk.get(`/v1/dead-letters/${id}`);
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
        attempts: [
          { at: '2026-01-02T03:04:06.000Z', error: { class: 'RangeError', message: 'no room for 7' } },
        ],
        stacks: { last: expect.stringContaining('at reserve') },
      },
      parked: { offsets: [18, 21], more: false },
    });
  });

  it('is not shown with what waits behind another one of its key', async () => {
    const [first, second] = [await desk.report(), await desk.report({ offset: 21n })];
    desk.platform.deadLetters.parked.set(first, { offsets: [18n], more: false });
    expect((await desk.get(`/v1/dead-letters/${second}`)).body.parked).toBeNull();
  });

  it('is shown with the last 200 entries of its history', async () => {
    const id = await desk.report();
    const decision = { deadLetterId: id, operator: 'ada', reason: 'to and fro' };
    const toAndFro = Array.from({ length: 101 }, () => [
      DiscardDeadLetter(decision),
      RestoreDeadLetter(decision),
    ]);
    await desk.platform.tell(...toAndFro.flat());
    const { history } = (await desk.get(`/v1/dead-letters/${id}`)).body;
    expect(history).toHaveLength(200);
    expect(history[0]).toMatchObject({ what: 'DeadLetterDiscarded' });
    expect(history.at(-1)).toMatchObject({ what: 'DeadLetterRestored' });
  });

  it('is shown whatever its value is, and wherever its record is', async () => {
    const id = await desk.report();
    desk.keepRecord(id, Buffer.from([0, 255]));
    expect((await desk.get(`/v1/dead-letters/${id}`)).body.record.value).toEqual({ hex: '00ff' });
    desk.keepRecord(id, null);
    expect((await desk.get(`/v1/dead-letters/${id}`)).body.record.value).toBeNull();
    desk.platform.deadLetters.isDown = true;
    const { status, body } = await desk.get(`/v1/dead-letters/${id}`);
    desk.platform.deadLetters.isDown = false;
    expect(status).toBe(200);
    expect(body.record).toMatchObject({ found: false, why: expect.stringContaining('ask again') });
  });

  it('is unknown when nobody reported it', async () => {
    for (const id of [unknownId, 'nonsense']) {
      expect((await desk.get(`/v1/dead-letters/${id}`)).status).toBe(404);
      expect((await desk.redrive(id)).status).toBe(404);
      expect((await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'x' })).status).toBe(404);
      expect((await desk.get(`/v1/redrive-jobs/${id}`)).status).toBe(404);
    }
  });
});
