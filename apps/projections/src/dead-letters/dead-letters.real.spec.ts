import {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveJobAdvanced,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStarted,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  ReportIgnored,
} from '@atelier/contracts';
import type { Placed } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import type { ReadModel } from '@atelier/read-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../migrate.ts';
import type { Rows } from '../rows.ts';
import { DeadLettersProjection } from './dead-letters.projection.ts';

const server = process.env['DATABASE_URL'] ?? '';
const name = `spec_${randomUUID().replaceAll('-', '')}`;
const url = server.replace(/\/[^/]*$/, `/${name}`);
let database: Kysely<ReadModel>;

const connect = <Tables>(connectionString: string) =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 2 }) }) });

async function onServer(statement: string): Promise<void> {
  const connection = connect<unknown>(server);
  await sql.raw(statement).execute(connection);
  await connection.destroy();
}

beforeAll(async () => {
  await onServer(`create database ${name}`);
  await migrate(url);
  database = connect(url);
});
beforeEach(() =>
  sql`truncate read_model.dead_letters, read_model.dead_letter_history,
    read_model.redrive_jobs, read_model.redrive_job_items`.execute(database),
);
afterAll(async () => {
  await database?.destroy();
  await onServer(`drop database ${name} with (force)`);
});

const began = Date.parse('2026-01-02T03:04:05.678Z');
let offset = 0n;

/** The event as the projection gets it: its number in its aggregate's history is its offset. */
function placed<M extends Message>(message: M): Placed<M> {
  offset += 1n;
  const { deadLetterId, jobId } = message.data as { deadLetterId?: string; jobId?: string };
  const isJob = message.type.startsWith('RedriveJob');
  const topic = isJob ? 'redrive-jobs.events' : 'dead-letters.events';
  const metadata = {
    id: `event-${offset}`,
    time: began + Number(offset),
    subject: String(isJob ? jobId : deadLetterId),
    source: 'spec',
    correlationId: 'c',
    causationId: 'command',
    requestHash: 'hash',
    version: Number(offset),
  };
  return { ...message, metadata, position: { topic, partition: 0, offset } };
}

const failure = {
  group: 'inventory.reserve-stock',
  topic: 'orders.events',
  partition: 2,
  offset: 9_007_199_254_740_993n,
  key: 'a',
  messageType: 'OrderPlaced',
  messageId: 'message-1',
  handler: 'inventory.reserve-stock OrderPlaced',
  attempts: 1,
  redrives: 0,
  errorClass: 'RangeError',
  errorMessage: 'no room for 7',
  firstErrorClass: 'RangeError',
  firstErrorMessage: 'no room for 7',
  failedAt: BigInt(began),
  firstFailedAt: BigInt(began),
  service: 'inventory',
  version: '0.1.0',
  traceparent: null,
};
const who = { operator: 'ada', reason: 'fixed' };
const { group, topic, partition, key, failedAt } = failure;
const origin = { group, topic, partition, offset: failure.offset, key, failedAt };

const reported = (deadLetterId: string, facts = {}) =>
  placed(DeadLetterReported({ ...failure, deadLetterId, ...facts }));
const requested = (deadLetterId: string, jobId: string | null = null, redrive = 1) => {
  const { key: _, ...place } = origin;
  const asked = { force: false, value: Buffer.from('edited'), difference: '[]', jobId, canary: false };
  return placed(RedriveRequested({ deadLetterId, redrive, ...who, ...asked, ...place }));
};
const failedAgain = (deadLetterId: string, jobId: string | null = null, parked = false) =>
  placed(
    RedriveFailed({
      ...failure,
      deadLetterId,
      redrives: 1,
      attempts: 2,
      errorMessage: 'no order 7',
      redrive: 1,
      jobId,
      canary: false,
      parked,
    }),
  );

const projection = new DeadLettersProjection();
const write = (work: (rows: Rows) => Promise<void>) => database.transaction().execute(work);
const letters = () =>
  database.selectFrom('read_model.dead_letters').selectAll().orderBy('dead_letter_id').execute();
const jobs = () => database.selectFrom('read_model.redrive_jobs').selectAll().orderBy('job_id').execute();
const outcomes = async () => {
  const items = await database
    .selectFrom('read_model.redrive_job_items')
    .selectAll()
    .orderBy('job_id')
    .orderBy('dead_letter_id')
    .execute();
  return items.map(({ job_id, dead_letter_id, outcome, refusal }) => [
    job_id,
    dead_letter_id,
    outcome,
    refusal,
  ]);
};
const statuses = async () => (await letters()).map(({ status }) => status);

describe('dead letters', () => {
  it('are open when they are reported, with all that is known', async () => {
    await write((rows) => projection.reported([reported('a'), reported('b', { key: null })], rows));
    expect(await letters()).toMatchObject([
      {
        dead_letter_id: 'a',
        status: 'open',
        group: 'inventory.reserve-stock',
        offset: '9007199254740993',
        key: 'a',
        error_message: 'no room for 7',
        fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
        failed_at: new Date(began),
        redrive: 0,
        decision: null,
      },
      { dead_letter_id: 'b', key: null },
    ]);
  });

  it('have texts that Postgres would refuse', async () => {
    const errorMessage = 'bad \u0000 text \uD800';
    await write((rows) => projection.reported([reported('a', { errorMessage, key: 'a\u0000' })], rows));
    expect(await letters()).toMatchObject([{ error_message: 'bad \uFFFD text \uFFFD', key: 'a\uFFFD' }]);
  });

  it('are requested, sent and handled', async () => {
    const jobId = null;
    await write((rows) => projection.reported([reported('a'), reported('b')], rows));
    await write((rows) => projection.requested([requested('a'), requested('b')], rows));
    expect(await statuses()).toEqual(['requested', 'requested']);
    const sent = ['a', 'b'].map((deadLetterId) => placed(RedriveSent({ deadLetterId, redrive: 1, jobId })));
    await write((rows) => projection.sent(sent, rows));
    expect(await statuses()).toEqual(['sent', 'sent']);
    const handled = placed(RedriveHandled({ deadLetterId: 'a', redrive: 1, jobId, canary: false }));
    await write((rows) => projection.handled([handled], rows));
    expect(await letters()).toMatchObject([
      { status: 'handled', redrive: 1, decision: 'redrive', decided_by: 'ada', decision_reason: 'fixed' },
      { status: 'sent' },
    ]);
    expect(await outcomes()).toEqual([]);
  });

  it('fail again, with the last failure beside the first one', async () => {
    await write((rows) => projection.reported([reported('a'), reported('b')], rows));
    const [before] = await letters();
    await write((rows) => projection.failed([failedAgain('a'), failedAgain('b', null, true)], rows));
    expect(await letters()).toMatchObject([
      { status: 'failed again', attempts: 2, redrives: 1, error_message: 'no order 7' },
      { status: 'parked', first_error_message: 'no room for 7' },
    ]);
    expect((await letters())[0]?.fingerprint).not.toBe(before?.fingerprint);
  });

  it('are what they were when a redrive could not be sent', async () => {
    const notSent = (deadLetterId: string, redrive: number) =>
      placed(
        RedriveNotSent({
          deadLetterId,
          redrive,
          refusal: 'record-missing',
          jobId: 'j',
          canary: false,
          parked: redrive > 5,
        }),
      );
    await write(async (rows) => {
      await projection.reported([reported('a'), reported('b')], rows);
      await projection.failed([failedAgain('b')], rows);
      await projection.requested([requested('a', 'j'), requested('b', 'j', 2)], rows);
      await projection.notSent([notSent('a', 1), notSent('b', 2)], rows);
    });
    expect(await letters()).toMatchObject([
      { status: 'open', redrive: 0, not_sent: 'record-missing', decision: 'redrive' },
      { status: 'failed again', redrive: 1, not_sent: 'record-missing' },
    ]);
    expect(await outcomes()).toEqual([
      ['j', 'a', 'refused', 'record-missing'],
      ['j', 'b', 'refused', 'record-missing'],
    ]);
    await write((rows) => projection.requested([requested('a')], rows));
    expect(await letters()).toMatchObject([{ status: 'requested', not_sent: null }, {}]);
  });

  it('are discarded, and restored to what they were', async () => {
    await write(async (rows) => {
      await projection.reported([reported('a'), reported('b')], rows);
      await projection.failed([failedAgain('b')], rows);
      const discarded = ['a', 'b'].map((id) => DeadLetterDiscarded({ deadLetterId: id, ...who, ...origin }));
      await projection.discarded(discarded.map(placed), rows);
    });
    expect(await statuses()).toEqual(['discarded', 'discarded']);
    const restored = ['a', 'b'].map((deadLetterId) => DeadLetterRestored({ deadLetterId, ...who }));
    await write((rows) => projection.restored(restored.map(placed), rows));
    expect(await statuses()).toEqual(['open', 'failed again']);
    expect(await letters()).toMatchObject([{ decision: 'restore', decided_by: 'ada' }, {}]);
  });

  it('have a history of everything, without the bytes of edited values', async () => {
    await write(async (rows) => {
      await projection.reported([reported('a')], rows);
      await projection.requested([requested('a')], rows);
      await projection.noted([placed(ReportIgnored({ deadLetterId: 'a', redrives: 0 }))], rows);
    });
    const history = await database
      .selectFrom('read_model.dead_letter_history')
      .selectAll()
      .orderBy('version')
      .execute();
    expect(history).toMatchObject([
      { type: 'DeadLetterReported', aggregate_id: 'a', operator: null, data: { errorClass: 'RangeError' } },
      { type: 'RedriveRequested', operator: 'ada', reason: 'fixed', request_hash: 'hash' },
      { type: 'ReportIgnored', causation_id: 'command' },
    ]);
    expect(history[1]?.data).not.toHaveProperty('value');
  });
});

describe('redrive jobs', () => {
  const started = (jobId: string) =>
    placed(RedriveJobStarted({ jobId, group, ...who, rate: 2, force: false, deadLetterIds: ['b', 'a'] }));

  it('start, go on, and finish', async () => {
    await write((rows) => projection.started([started('j'), started('k')], rows));
    expect(await jobs()).toMatchObject([
      { job_id: 'j', status: 'running', dead_letter_ids: ['b', 'a'], rate: 2, force: false, operator: 'ada' },
      { job_id: 'k' },
    ]);
    const portion = { step: 1, deadLetterIds: ['a'], ...who, force: false, last: true };
    await write(async (rows) => {
      await projection.advanced([placed(RedriveJobAdvanced({ jobId: 'j', ...portion }))], rows);
      await projection.finished([placed(RedriveJobFinished({ jobId: 'j' }))], rows);
    });
    expect(await jobs()).toMatchObject([
      { status: 'finished', step: 1, ended_by: null },
      { status: 'running' },
    ]);
  });

  it('are halted or cancelled, and say why', async () => {
    const halted = placed(RedriveJobHalted({ jobId: 'j', deadLetterId: 'b', outcome: 'failed' }));
    const cancelled = placed(RedriveJobCancelled({ jobId: 'k', operator: 'bob', reason: 'no', left: 1 }));
    await write(async (rows) => {
      await projection.started([started('j'), started('k')], rows);
      await projection.halted([halted], rows);
      await projection.cancelled([cancelled], rows);
    });
    expect(await jobs()).toMatchObject([
      { status: 'halted', end_reason: 'the first one was not handled: failed' },
      { status: 'cancelled', ended_by: 'bob', end_reason: 'no', ended_at: expect.any(Date) },
    ]);
  });

  it('know the outcome of each of theirs, whichever topic is read first', async () => {
    const refused = (jobId: string) =>
      placed(RedriveRefused({ deadLetterId: 'a', ...who, refusal: 'under-way', jobId, canary: false }));
    await write(async (rows) => {
      await projection.requested([requested('a', 'j'), requested('b', 'j'), requested('c')], rows);
      await projection.refused([refused('k'), refused('l'), refused('l')], rows);
      await projection.failed([failedAgain('a', 'j')], rows);
      await projection.started([started('j')], rows);
    });
    expect(await outcomes()).toEqual([
      ['j', 'a', 'failed', null],
      ['j', 'b', 'requested', null],
      ['k', 'a', 'refused', 'under-way'],
      ['l', 'a', 'refused', 'under-way'],
    ]);
  });
});
