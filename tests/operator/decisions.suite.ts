import { randomUUID } from 'node:crypto';
import { PlaceOrder } from '@atelier/contracts';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { poisonRecords, write } from '../../tools/break/poison.ts';
import type { BreakablePlatform } from '../harness/breakable-platform.ts';
import type { Answer } from '../harness/http.ts';
import { eventually } from '../harness/running-platform.ts';
import { DeadLetterRows } from './dead-letter-rows.ts';
import { Operator } from './operator.ts';
import { RefusedMails } from './refused-mails.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Refused e-mails and undecodable commands of a platform that runs, and what its operator does about them. */
export function decisions(started: () => BreakablePlatform): void {
  const { group } = RefusedMails;
  let platform: BreakablePlatform;
  let operator: Operator;
  let mails: RefusedMails;
  let model: DeadLetterRows;

  beforeAll(() => {
    platform = started();
    operator = new Operator(platform);
    mails = new RefusedMails(platform, operator);
    model = new DeadLetterRows(platform.addresses);
  });

  afterEach(() => platform.smtp('up'));
  afterAll(() => model?.close());

  it('sees what was refused, decoded, after one attempt', async () => {
    await platform.smtp('refuse', '550');
    const letter = await operator.details(await mails.refused('refused@example.com'));
    expect(letter).toMatchObject({
      status: 'open',
      group,
      topic: 'orders.events',
      messageType: 'OrderConfirmed',
      handler: `${group} OrderConfirmed`,
      attempts: 1,
      redrive: 0,
      error: { message: expect.stringContaining('550') },
      record: {
        found: true,
        value: { type: 'OrderConfirmed', data: { email: 'refused@example.com' } },
        stacks: { first: expect.stringContaining('550') },
      },
      parked: null,
      history: [{ what: 'DeadLetterReported' }],
    });
    expect(letter.record.attempts).toHaveLength(1);
    expect(letter.decision).toBeUndefined();
  });

  it('redrives it until force is needed, and it is handled once the cause is gone', async () => {
    await platform.smtp('refuse', '550');
    const email = 'again@example.com';
    const id = await mails.refused(email);
    const orderId = (await operator.details(id)).key;
    const events = async () => (await platform.get(`/v1/orders/${orderId}/events`)).body.length;
    const before = await events();

    expect((await operator.decide(id, 'redrive', { dryRun: true })).body).toMatchObject({
      would: 'be requested',
      redrive: 1,
      to: { topic: `${group}.orders.events.redrive` },
    });
    for (let redrive = 1; redrive <= 5; redrive++) {
      expect((await operator.decide(id, 'redrive')).body).toMatchObject({ status: 'requested', redrive });
      const status = redrive < 5 ? 'failed again' : 'parked';
      const letter = await eventually(
        () => operator.details(id),
        (seen) => seen.status === status && seen.redrive === redrive,
      );
      expect(letter).toMatchObject({ attempts: redrive + 1 });
      expect(letter.record.attempts).toHaveLength(redrive + 1);
    }
    expect(
      (await operator.list(`group=${group}&status=parked`)).map(({ deadLetterId }) => deadLetterId),
    ).toEqual([id]);
    expect(await operator.decide(id, 'redrive')).toMatchObject({ status: 409, body: { refusal: 'limit' } });

    await platform.smtp('up');
    const letter = await operator.heal(id, { force: true });
    expect(letter.decision).toEqual({
      what: 'redrive',
      operator: 'ada',
      reason: 'the specs say so',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(await platform.arrived(email)).toBe(1);
    expect(await events()).toBe(before);
  });

  it('is told that a redrive was sent, and only later that it was handled', async () => {
    await platform.smtp('refuse', '550');
    const email = 'sent@example.com';
    const id = await mails.refused(email);
    await platform.smtp('up');
    await platform.signal('notifications-1', 'SIGSTOP');
    try {
      await operator.decide(id, 'redrive');
      const letter = await operator.becomes(id, 'sent');
      const what = ['DeadLetterReported', 'RedriveRequested', 'RedriveSent'];
      expect(letter.history.map((each: Answer['body']) => each.what)).toEqual(what);
      expect(await platform.mailsTo(email)).toBe(0);
    } finally {
      await platform.signal('notifications-1', 'SIGCONT');
    }
    await operator.becomes(id, 'handled');
    await platform.arrived(email);
  });

  it('redrives it with another value', async () => {
    await platform.smtp('refuse', '550');
    const id = await mails.refused('wrong@example.com');
    await platform.smtp('up');
    const { data } = (await operator.details(id)).record.value;
    const wrong = await operator.decide(id, 'redrive', { value: { ...data, email: 7 } });
    expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining('value.email') } });

    const difference = [{ path: '/email', from: 'wrong@example.com', to: 'right@example.com' }];
    const answer = await operator.decide(id, 'redrive', { value: { ...data, email: 'right@example.com' } });
    expect(answer.body).toMatchObject({ status: 'requested', difference });
    const letter = await operator.becomes(id, 'handled');
    expect(letter.record.value.data).toEqual(data);
    expect(letter.history).toContainEqual(expect.objectContaining({ what: 'RedriveRequested', difference }));
    expect(await platform.arrived('right@example.com')).toBe(1);
    expect(await platform.mailsTo('wrong@example.com')).toBe(0);
  });

  it('sees at once what has no address that an e-mail could be sent to', async () => {
    const orderId = randomUUID();
    const lines = [{ sku: 'OIL-01', quantity: 1, unitPrice: { amount: 1n, currency: 'EUR' } }];
    // The gateway lets no such address in; commands may come from elsewhere.
    await platform.command(PlaceOrder({ orderId, customerId: 'ada', email: '', lines, channel: 'web' }));
    const id = await operator.find(group, orderId);
    expect(await operator.details(id)).toMatchObject({
      status: 'open',
      attempts: 1,
      error: { message: expect.stringContaining('address') },
      record: { value: { type: 'OrderConfirmed', data: { email: '' } } },
    });
    await operator.decide(id, 'discard');
    await operator.becomes(id, 'discarded');
  });

  it('sees the bytes of what nobody can decode, discards it and restores it', async () => {
    await platform.fault('poison', 'orders.commands');
    const [poison] = await eventually(
      () => operator.list('group=orders.decider'),
      (letters) => letters.length === 1,
    );
    const id = poison.deadLetterId;
    expect((await operator.details(id)).record.value).toEqual({ hex: expect.stringMatching(/^[\da-f]+$/) });
    expect((await operator.decide(id, 'discard')).body).toMatchObject({ status: 'discarded' });
    expect((await operator.becomes(id, 'discarded')).decision).toMatchObject({
      what: 'discard',
      operator: 'ada',
    });
    expect(await operator.decide(id, 'redrive')).toMatchObject({
      status: 409,
      body: { refusal: 'discarded' },
    });
    expect((await operator.decide(id, 'restore')).body).toMatchObject({ status: 'restored' });
    await operator.becomes(id, 'open');
  });

  it('lists a copy that somebody has written by hand after its dead letter was discarded (it failed again, and was listed nowhere)', async () => {
    const [poison] = await operator.list('group=orders.decider');
    await operator.decide(poison.deadLetterId, 'discard');
    await operator.becomes(poison.deadLetterId, 'discarded');
    await platform.copyByHand(poison);
    const letters = await eventually(
      () => operator.list('group=orders.decider'),
      (all) => all.length === 2,
    );
    const byStatus = Object.fromEntries(letters.map((each) => [each.status, each]));
    expect(byStatus).toMatchObject({
      discarded: { deadLetterId: poison.deadLetterId },
      open: { key: poison.key },
    });
    expect(await operator.details(byStatus['open'].deadLetterId)).toMatchObject({
      attempts: 1,
      redrive: 0,
      history: [{ what: 'DeadLetterReported' }],
    });
  });

  it('redrives many with a job, which its first one halts, and whose limit holds', async () => {
    await platform.smtp('refuse', '550');
    for (const email of ['x@example.com', 'y@example.com', 'z@example.com']) await mails.refused(email);
    const total = await mails.waiting();
    const halted = await operator.startJob({ group, rate: 100 });
    const isHalted = (counts: Answer['body']) => counts.failed === 1 && counts['left out'] === total - 1;
    const job = await operator.jobBecomes(halted, 'halted', isHalted);
    expect(job).toMatchObject({ total });
    const outcomes = job.items.map((item: Answer['body']) => item.outcome);
    expect(outcomes).toEqual(['failed', ...Array.from({ length: total - 1 }, () => 'left out')]);
    await eventually(mails.waiting, (count) => count === total);

    await platform.smtp('up');
    const limited = await operator.startJob({ group, rate: 100, limit: total - 1 });
    await operator.jobBecomes(limited, 'finished', ({ handled }) => handled === total - 1);
    await eventually(mails.waiting, (count) => count === 1);
  });

  it('finds them by their cause, their topic and their handler, a page at a time', async () => {
    await mails.manyRefused(3);
    const open = await operator.list(`group=${group}&status=open&limit=100`);
    const causes: Answer['body'][] = (await platform.get('/v1/dead-letters/groups')).body;
    const cause = causes.find(({ error }) => error.message.includes('550'));
    const [firstSeen] = open.map(({ firstFailedAt }) => firstFailedAt).toSorted();
    const lastSeen = open
      .map(({ failedAt }) => failedAt)
      .toSorted()
      .at(-1);
    const byStatus = { open: open.length };
    expect(cause).toMatchObject({ group, count: open.length, byStatus, firstSeen, lastSeen });

    const of = new URLSearchParams({ topic: 'orders.events', handler: `${group} OrderConfirmed` });
    const pages = await operator.pages(`${of}&fingerprint=${cause.fingerprint}&status=open&limit=2`);
    expect(pages.length).toBe(Math.ceil(open.length / 2));
    expect(pages.flat()).toEqual(open);
    expect(await operator.list('topic=orders.commands&handler=nobody')).toEqual([]);
  });

  it('cancels a job', async () => {
    await mails.manyRefused(20);
    const total = await mails.waiting();
    const location = await operator.startJob({ group, rate: 1 });
    await eventually(
      () => operator.job(location),
      ({ counts }) => counts?.handled >= 1,
    );
    const cancelled = await operator.cancel(location);
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    const { left } = cancelled.body;
    expect(left).toBeGreaterThan(0);
    const isOver = (counts: Answer['body']) => counts['left out'] === left && counts.handled === total - left;
    expect(await operator.jobBecomes(location, 'cancelled', isOver)).toMatchObject({ total });
    await eventually(mails.waiting, (count) => count === left);
  });

  it('has a job keep to its rate: portions of so many, and never the next one within a second', async () => {
    await mails.manyRefused(11);
    const total = await mails.waiting();
    const rate = Math.ceil(total / 3);
    const location = await operator.startJob({ group, rate });
    const job = await operator.jobBecomes(location, 'finished', ({ handled }) => handled === total);
    expect(job.items.map((item: Answer['body']) => item.outcome)).toEqual(job.items.map(() => 'handled'));
    const portions = await eventually(
      () => model.portionsOf(job.jobId),
      (all) => sum(all.map(({ size }) => size)) === total - 1,
    );
    expect(portions.length).toBe(Math.ceil((total - 1) / rate));
    expect(Math.max(...portions.map(({ size }) => size))).toBe(rate);
    // No measurement: the next portion is due a second after this one at the soonest, however late it comes.
    portions.slice(1).forEach(({ at }, index) => {
      expect(at - (portions[index]?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    });
  });

  it('has the read model rebuilt from the decisions, while it runs', async () => {
    const before = await model.everything();
    expect(before.dead_letters.length).toBeGreaterThan(0);
    await model.forget();
    await platform.signal('projections-1', 'SIGKILL');
    expect(await model.everything()).toEqual(before);
  });

  it('has bytes on an events topic ignored, for which a decider waits that starts anew', async () => {
    const topic = 'orders.events';
    const [[partition, [offset]]] = [
      ...(await write(platform.addresses.kafka, poisonRecords(topic, 1, randomUUID()))),
    ] as [[number, [bigint]]];
    await platform.signal('orders-1', 'SIGKILL');
    const named = `${topic}-${partition} offset ${offset} cannot be folded`;
    await eventually(
      () => platform.readiness('orders-1'),
      ({ status, body }) => status === 503 && JSON.stringify(body).includes(named),
    );
    const path = `/v1/records/${topic}/${partition}/${offset}/ignore`;
    const decision = { operator: 'ada', reason: 'a console tool', at: expect.any(String) };
    expect((await platform.post(path, { reason: 'a console tool' })).body).toMatchObject({ decision });
    await eventually(
      () => platform.readiness('orders-1'),
      ({ status }) => status === 200,
    );
    const { items } = (await platform.get('/v1/records/ignored')).body;
    expect(items).toMatchObject([
      { topic, partition, offset: Number(offset), decision, record: { found: true } },
    ]);
    await platform.confirmOrder('after@example.com');
  });
}
