import {
  DeadLetterDiscarded,
  DeadLetterRestored,
  RedriveHandled,
  RedriveNotSent,
  RedriveSent,
  ReportIgnored,
} from '@atelier/contracts';
import type { ReadModel } from '@atelier/read-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Rows } from '../rows.ts';
import {
  began,
  failedAgain,
  origin,
  placed,
  reported,
  requested,
  who,
} from '../testing/dead-letter-events.ts';
import { migratedDatabase } from '../testing/scratch-database.ts';
import { DeadLettersProjection } from './dead-letters.projection.ts';

const projection = new DeadLettersProjection();
let scratch: Awaited<ReturnType<typeof migratedDatabase<ReadModel>>>;
beforeAll(async () => {
  scratch = await migratedDatabase();
});
afterAll(() => scratch.drop());
beforeEach(() =>
  sql`truncate read_model.dead_letters, read_model.dead_letter_history, read_model.redrive_job_items`.execute(
    scratch.database,
  ),
);

const write = (work: (rows: Rows) => Promise<void>) => scratch.database.transaction().execute(work);
const letters = () =>
  scratch.database.selectFrom('read_model.dead_letters').selectAll().orderBy('dead_letter_id').execute();
const outcomes = async () => {
  const items = await scratch.database
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
    const history = await scratch.database
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
