import { RecordRedriveHandled, ReportDeadLetter } from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ago, as, day, OperatorsDesk, reportOf } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

describe('a redrive job', () => {
  const start = (body: object, headers?: Record<string, string>) =>
    desk.post('/v1/dead-letters/redrive', { reason: 'deployed the fix', ...body }, headers);

  it('sends one ahead, and the others when that was handled', async () => {
    const group = 'orders.expire-order';
    const ids: string[] = [];
    for (const minutes of [3, 2, 1]) {
      const failedAt = ago(minutes * 60_000);
      ids.push(await desk.report({ group, failedAt, firstFailedAt: failedAt }));
    }
    await desk.report({ group, failedAt: ago(8 * day), firstFailedAt: ago(8 * day) });
    const headers = as('ada', { 'Idempotency-Key': randomUUID() });
    const started = await start({ group, rate: 10 }, headers);
    expect(started).toMatchObject({ status: 202, body: { status: 'running', total: 3 } });
    const location = started.headers.get('Location') ?? '';
    expect(location).toBe(`/v1/redrive-jobs/${started.body.jobId}`);
    expect((await start({ group, rate: 10 }, headers)).body).toEqual(started.body);
    await desk.platform.idle();
    const [canary = ''] = ids;
    expect((await desk.get(location)).body).toMatchObject({
      status: 'running',
      operator: 'ada',
      total: 3,
      counts: { requested: 1, waiting: 2 },
    });
    await desk.platform.tell(RecordRedriveHandled({ deadLetterId: canary, redrive: 1 }));
    const page = (await desk.get(`${location}?limit=2`)).body;
    expect(page).toMatchObject({
      status: 'finished',
      counts: { handled: 1, requested: 2 },
      items: [
        { deadLetterId: canary, outcome: 'handled' },
        { deadLetterId: ids[1], outcome: 'requested' },
      ],
    });
    const rest = (await desk.get(`${location}?cursor=${page.next}`)).body;
    expect(rest).toMatchObject({ items: [{ deadLetterId: ids[2] }], next: null });
    const late = await desk.post(`${location}/cancel`, { reason: 'too late' });
    expect(late.body).toMatchObject({ status: 409, refusal: 'over' });
  });

  it('is halted when the first one fails, and leaves the others out', async () => {
    const group = 'orders.record-reservation';
    const reports = [3, 2].map((minutes) => reportOf({ group, firstFailedAt: ago(minutes * 60_000) }));
    await desk.platform.tell(...reports.map((data) => ReportDeadLetter(data)));
    const { headers } = await start({ group });
    await desk.platform.tell(ReportDeadLetter({ ...reportOf(), ...reports[0], redrives: 1 }));
    expect((await desk.get(headers.get('Location') ?? '')).body).toMatchObject({
      status: 'halted',
      ended: { reason: expect.stringContaining('failed') },
      counts: { failed: 1, 'left out': 1 },
    });
  });

  it('can be cancelled', async () => {
    const group = 'projections.event-log.v1';
    for (let count = 0; count < 2; count++) await desk.report({ group });
    const { headers } = await start({ group });
    await desk.platform.idle();
    const location = headers.get('Location') ?? '';
    expect(await desk.post(`${location}/cancel`, { reason: 'not now' })).toMatchObject({
      status: 202,
      body: { status: 'cancelled', left: 1 },
    });
    await desk.platform.idle();
    expect((await desk.get(location)).body).toMatchObject({
      status: 'cancelled',
      ended: { operator: 'ada', reason: 'not now' },
    });
  });

  it('does not say left out of what it has come to (said of some that were redriven then)', async () => {
    const group = 'projections.orders.v1';
    for (let count = 0; count < 3; count++) await desk.report({ group });
    const { headers } = await start({ group, rate: 1 });
    const location = headers.get('Location') ?? '';
    await desk.platform.idle();
    // Its second dead letter is on its way, and its request not decided yet.
    await desk.rows.query('update read_model.redrive_jobs set step = 1 where "group" = $1', [group]);
    await desk.post(`${location}/cancel`, { reason: 'not now' });
    await desk.platform.idle();
    const { counts } = (await desk.get(location)).body;
    expect(counts).toEqual({ requested: 1, waiting: 1, 'left out': 1 });
  });

  it('needs something to redrive, and bounds', async () => {
    expect(await start({ group: 'nobody' })).toMatchObject({ status: 409, body: { refusal: 'empty' } });
    for (const [name, value] of Object.entries({
      limit: 10_001,
      rate: 0,
      force: 'yes',
      fingerprint: 'x',
      group: '',
    })) {
      const { status, body } = await start({ group: 'nobody', [name]: value });
      expect({ status, field: body.errors[0].field }).toEqual({ status: 400, field: name });
    }
  });
});
