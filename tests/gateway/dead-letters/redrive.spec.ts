import {
  RecordRedriveHandled,
  RecordRedriveSent,
  ReportDeadLetter,
  RequestRedrive,
} from '@atelier/contracts';
import type { Received } from '@atelier/eventing/domain';
import { FAILURE } from '@atelier/eventing/failures';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import * as http from '../../harness/http.ts';
import { startGateway } from '../gateway.ts';
import { ago, as, day, OperatorsDesk, reportOf } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe('a redrive', () => {
  it('is requested, and then said to be what it is', async () => {
    const id = await desk.report();
    const { status, headers, body } = await desk.redrive(id);
    expect(status).toBe(202);
    expect(headers.get('Location')).toBe(`/v1/dead-letters/${id}`);
    expect(body).toEqual({ deadLetterId: id, status: 'requested', redrive: 1 });
    await desk.platform.idle();
    expect(await desk.statusOf(id)).toBe('requested');
    await desk.platform.tell(RecordRedriveSent({ deadLetterId: id, redrive: 1 }));
    expect(await desk.statusOf(id)).toBe('sent');
    await desk.platform.tell(RecordRedriveHandled({ deadLetterId: id, redrive: 1 }));
    const { body: letter } = await desk.get(`/v1/dead-letters/${id}`);
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
    const id = await desk.report();
    const headers = as('ada', { 'Idempotency-Key': randomUUID() });
    const [first, second] = await Promise.all([desk.redrive(id, {}, headers), desk.redrive(id, {}, headers)]);
    const third = await desk.redrive(id, {}, headers);
    for (const { status, body } of [second, third]) {
      expect({ status, body }).toEqual({ status: first.status, body: first.body });
    }
    expect(first).toMatchObject({ status: 202, body: { redrive: 1 } });
    expect((await desk.redrive(id, { reason: 'other' }, headers)).status).toBe(422);
    expect((await desk.redrive(id)).body).toMatchObject({ status: 409, refusal: 'under-way' });
  });

  it('is answered alike by a gateway that was started since', async () => {
    const id = await desk.report();
    const headers = as('ada', { 'Idempotency-Key': randomUUID() });
    const first = await desk.redrive(id, {}, headers);
    await desk.platform.idle();
    const young = await startGateway(desk.platform, desk.database.url);
    const again = await http.post(`${young.url}/v1/dead-letters/${id}/redrive`, { reason: 'fixed' }, headers);
    await young.app.close();
    expect(again).toMatchObject({ status: 202, body: first.body });
  });

  it('may be of an edited value', async () => {
    const id = await desk.report();
    const value = { sku: 'POT', quantity: 5 };
    const difference = [{ path: '/quantity', from: 7, to: 5 }];
    expect((await desk.redrive(id, { value })).body).toMatchObject({ status: 'requested', difference });
    const requests = desk.platform
      .messages('dead-letters.commands')
      .filter((command) => command.type === RequestRedrive.type && command.metadata.subject === id);
    const [sent] = requests as Received<RequestRedrive>[];
    expect(JSON.parse(String(sent?.data.value))).toEqual({ type: 'ReceiveStock', data: value });
    await desk.platform.idle();
    const { history } = (await desk.get(`/v1/dead-letters/${id}`)).body;
    expect(history.at(-1)).toMatchObject({ what: 'RedriveRequested', operator: 'ada', difference });
  });

  it.each([
    [{ sku: 'CUP', quantity: 5 }, 'value.sku'],
    [{ sku: 'POT', quantity: 'five' }, 'value.quantity'],
    [{ sku: 'POT', quantity: 5, price: 1 }, 'value.price'],
  ])('is refused for the value %j', async (value, field) => {
    const id = await desk.report();
    const { status, body } = await desk.redrive(id, { value });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field });
    expect(await desk.statusOf(id)).toBe('open');
  });

  it.each([
    [{ amount: '9223372036854775807', currency: 'EUR' }, 'value.lines.0.unitPrice.amount'],
    [{ amount: '9007199254740991', currency: 'EUR' }, 'value.lines'],
    [{ amount: 450, currency: 'EURO' }, 'value.lines.0.unitPrice.currency'],
  ])('is refused for the price %j, dry or not (it broke every list)', async (unitPrice, field) => {
    const id = await desk.report({ group: 'orders.decider', messageType: 'PlaceOrder', key: 'a' });
    const lines = [{ sku: 'POT', quantity: 2, unitPrice }];
    const value = { orderId: 'a', customerId: 'ada', email: 'ada@example.com', lines, channel: 'web' };
    for (const dryRun of [true, false]) {
      const { status, body } = await desk.redrive(id, { value, dryRun });
      expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field });
    }
    expect(await desk.statusOf(id)).toBe('open');
  });

  it('needs a value that is not too deep', async () => {
    const id = await desk.report();
    const value = JSON.parse('{"a":'.repeat(1_000) + '1' + '}'.repeat(1_000));
    const { status, body } = await desk.redrive(id, { value });
    expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: 'value' });
  });

  it('is refused, dry or not, where its record is missing', async () => {
    const id = await desk.report();
    desk.platform.deadLetters.lose(id);
    for (const dryRun of [true, false]) {
      expect((await desk.redrive(id, { dryRun })).body).toMatchObject({
        status: 409,
        refusal: 'record-missing',
        detail: expect.stringContaining('discard it'),
      });
    }
    expect(await desk.statusOf(id)).toBe('open');
    expect((await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'lost' })).status).toBe(202);
    await desk.platform.idle();
    expect((await desk.redrive(id)).body).toMatchObject({ status: 409, refusal: 'discarded' });
  });

  it('is refused, dry or not, for a batch that could not be read; that is shown as its bytes, and can be discarded', async () => {
    const id = await desk.report({ key: null });
    desk.keepRecord(id, Buffer.from('{"type":'), { [FAILURE.lastOffset]: '21', [FAILURE.codec]: 'lz4' });
    const { record } = (await desk.get(`/v1/dead-letters/${id}`)).body;
    expect(record.value).toEqual({ hex: Buffer.from('{"type":').toString('hex') });
    for (const dryRun of [true, false])
      expect((await desk.redrive(id, { dryRun })).body).toMatchObject({
        status: 409,
        refusal: 'unreadable-batch',
        detail: expect.stringContaining('publish anew what matters of it'),
      });
    expect((await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'a bomb' })).status).toBe(202);
  });

  it('is only told when it is a dry run', async () => {
    const id = await desk.report();
    const rehearsal = await desk.redrive(id, { dryRun: true, value: { sku: 'POT', quantity: 6 } });
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
    const decided = await desk.report({
      group: 'orders.decider',
      topic: 'orders.commands',
      failedAt: ago(8 * day),
    });
    expect((await desk.redrive(decided, { dryRun: true })).body).toMatchObject({
      would: 'be refused',
      refusal: 'too-old',
      to: { topic: 'orders.commands' },
    });
    expect(await desk.statusOf(id)).toBe('open');
  });

  it('needs force after five redrives, and after a week', async () => {
    const old = await desk.report({ failedAt: ago(8 * day) });
    expect(await desk.redrive(old)).toMatchObject({ status: 409, body: { refusal: 'too-old' } });
    expect((await desk.redrive(old, { force: true })).status).toBe(202);
    const spent = await desk.report({ redrives: 5 });
    const refused = await desk.redrive(spent);
    expect(refused.body).toMatchObject({
      refusal: 'limit',
      detail: expect.stringContaining('"force": true'),
    });
    expect((await desk.redrive(spent, { force: true })).body).toMatchObject({ redrive: 6 });
  });

  it('that fails again is said to have failed', async () => {
    const data = reportOf();
    await desk.report(data);
    await desk.redrive(data.deadLetterId);
    const again = {
      ...data,
      redrives: 1,
      errorClass: 'TypeError',
      errorMessage: 'no such thing',
      attempts: 2,
    };
    await desk.platform.tell(ReportDeadLetter(again));
    expect((await desk.get(`/v1/dead-letters/${data.deadLetterId}`)).body).toMatchObject({
      status: 'failed again',
      attempts: 2,
      error: { class: 'TypeError' },
      firstError: { class: 'RangeError' },
    });
  });
});
