import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../gateway/client.ts';
import { eventually } from '../platform/running-platform.ts';
import { BreakablePlatform } from './breakable-platform.ts';

/** Refused e-mails and undecodable commands of a platform that runs, and what its operator does about them. */
describe('the operator of a platform that runs', () => {
  const group = 'notifications.order-mail';
  let platform: BreakablePlatform;

  beforeAll(async () => {
    platform = await BreakablePlatform.start();
  }, 120_000);

  afterEach(() => platform.smtp('up'));
  afterAll(() => platform?.stop());

  const listed = async (query: string): Promise<Answer['body'][]> =>
    (await platform.get(`/v1/dead-letters?${query}`)).body.items;
  const details = async (id: string) => (await platform.get(`/v1/dead-letters/${id}`)).body;
  const decide = (id: string, what: string, body: object = {}) =>
    platform.post(`/v1/dead-letters/${id}/${what}`, { reason: 'the specs say so', ...body });
  const becomes = (id: string, status: string) =>
    eventually(
      () => details(id),
      (letter) => letter.status === status,
    );
  /** Places an order whose e-mail is refused for good; answers the id of its dead letter. */
  async function refused(email: string): Promise<string> {
    const orderId = await platform.confirmOrder(email);
    const ofOrder = async () => (await listed(`group=${group}&limit=100`)).find(({ key }) => key === orderId);
    const letter = await eventually(ofOrder, (found) => found !== undefined);
    return letter.deadLetterId;
  }

  it('sees what was refused, decoded, after one attempt', async () => {
    await platform.smtp('refuse', '550');
    const letter = await details(await refused('refused@example.com'));
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
  }, 120_000);

  it('redrives it until force is needed, and it is handled once the cause is gone', async () => {
    await platform.smtp('refuse', '550');
    const email = 'again@example.com';
    const id = await refused(email);
    const orderId = (await details(id)).key;
    const events = async () => (await platform.get(`/v1/orders/${orderId}/events`)).body.length;
    const before = await events();

    expect((await decide(id, 'redrive', { dryRun: true })).body).toMatchObject({
      would: 'be requested',
      redrive: 1,
      to: { topic: `${group}.orders.events.redrive` },
    });
    for (let redrive = 1; redrive <= 5; redrive++) {
      expect((await decide(id, 'redrive')).body).toMatchObject({ status: 'requested', redrive });
      const status = redrive < 5 ? 'failed again' : 'parked';
      const letter = await eventually(
        () => details(id),
        (seen) => seen.status === status && seen.redrive === redrive,
      );
      expect(letter).toMatchObject({ attempts: redrive + 1 });
      expect(letter.record.attempts).toHaveLength(redrive + 1);
    }
    expect((await listed(`group=${group}&status=parked`)).map(({ deadLetterId }) => deadLetterId)).toEqual([
      id,
    ]);
    expect(await decide(id, 'redrive')).toMatchObject({ status: 409, body: { refusal: 'limit' } });

    await platform.smtp('up');
    await decide(id, 'redrive', { force: true });
    const letter = await becomes(id, 'handled');
    expect(letter.decision).toEqual({
      what: 'redrive',
      operator: 'ada',
      reason: 'the specs say so',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(await platform.arrived(email)).toBe(1);
    expect(await events()).toBe(before);
  }, 120_000);

  it('redrives it with another value', async () => {
    await platform.smtp('refuse', '550');
    const id = await refused('wrong@example.com');
    await platform.smtp('up');
    const { data } = (await details(id)).record.value;
    const wrong = await decide(id, 'redrive', { value: { ...data, email: 7 } });
    expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining('value.email') } });

    const difference = [{ path: '/email', from: 'wrong@example.com', to: 'right@example.com' }];
    const answer = await decide(id, 'redrive', { value: { ...data, email: 'right@example.com' } });
    expect(answer.body).toMatchObject({ status: 'requested', difference });
    const letter = await becomes(id, 'handled');
    expect(letter.record.value.data).toEqual(data);
    expect(letter.history).toContainEqual(expect.objectContaining({ what: 'RedriveRequested', difference }));
    expect(await platform.arrived('right@example.com')).toBe(1);
    expect(await platform.mailsTo('wrong@example.com')).toBe(0);
  }, 120_000);

  it('sees the bytes of what nobody can decode, discards it and restores it', async () => {
    await platform.fault('poison', 'orders.commands');
    const [poison] = await eventually(
      () => listed('group=orders.decider'),
      (letters) => letters.length === 1,
    );
    const id = poison.deadLetterId;
    expect((await details(id)).record.value).toEqual({ hex: expect.stringMatching(/^[\da-f]+$/) });
    expect((await decide(id, 'discard')).body).toMatchObject({ status: 'discarded' });
    expect((await becomes(id, 'discarded')).decision).toMatchObject({ what: 'discard', operator: 'ada' });
    expect(await decide(id, 'redrive')).toMatchObject({ status: 409, body: { refusal: 'discarded' } });
    expect((await decide(id, 'restore')).body).toMatchObject({ status: 'restored' });
    await becomes(id, 'open');
  }, 120_000);

  /** Those that a job takes. */
  const waiting = async () =>
    (await listed(`group=${group}&limit=100`)).filter(({ status }) =>
      ['open', 'failed again'].includes(status),
    ).length;
  const startJob = async (body: object): Promise<string> => {
    const answer = await platform.post('/v1/dead-letters/redrive', { group, reason: 'fixed', ...body });
    expect(answer).toMatchObject({ status: 202 });
    return answer.headers.get('Location') ?? '';
  };
  /** Its status and its counts come from different topics, one before the other. */
  const jobBecomes = (location: string, status: string, counts: (counts: Answer['body']) => boolean) =>
    eventually(
      async () => (await platform.get(location)).body,
      (job) => job.status === status && counts(job.counts),
    );

  it('redrives many with a job, which its first one halts, and whose limit holds', async () => {
    await platform.smtp('refuse', '550');
    for (const email of ['x@example.com', 'y@example.com', 'z@example.com']) await refused(email);
    const total = await waiting();
    const halted = await startJob({ rate: 100 });
    const isHalted = (counts: Answer['body']) => counts.failed === 1 && counts['left out'] === total - 1;
    expect(await jobBecomes(halted, 'halted', isHalted)).toMatchObject({ total });
    await eventually(waiting, (count) => count === total);

    await platform.smtp('up');
    const limited = await startJob({ rate: 100, limit: total - 1 });
    await jobBecomes(limited, 'finished', ({ handled }) => handled === total - 1);
    await eventually(waiting, (count) => count === 1);
  }, 120_000);

  it('cancels a job', async () => {
    await platform.smtp('refuse', '550');
    for (let number = 1; number <= 20; number++) await refused(`many-${number}@example.com`);
    await platform.smtp('up');
    const total = await waiting();
    const location = await startJob({ rate: 1 });
    await eventually(
      async () => (await platform.get(location)).body,
      ({ counts }) => counts?.handled >= 1,
    );
    const cancelled = await platform.post(`${location}/cancel`, { reason: 'enough' });
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    const { left } = cancelled.body;
    expect(left).toBeGreaterThan(0);
    const isOver = (counts: Answer['body']) => counts['left out'] === left && counts.handled === total - left;
    expect(await jobBecomes(location, 'cancelled', isOver)).toMatchObject({ total });
    await eventually(waiting, (count) => count === left);
  }, 120_000);
});
