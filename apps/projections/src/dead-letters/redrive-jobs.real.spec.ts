import {
  RedriveJobAdvanced,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStarted,
  RedriveRefused,
} from '@atelier/contracts';
import type { ReadModel } from '@atelier/read-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Rows } from '../rows.ts';
import { failedAgain, group, placed, requested, who } from '../testing/dead-letter-events.ts';
import { migratedDatabase } from '../testing/scratch-database.ts';
import { DeadLettersProjection } from './dead-letters.projection.ts';

const projection = new DeadLettersProjection();
let scratch: Awaited<ReturnType<typeof migratedDatabase<ReadModel>>>;
beforeAll(async () => {
  scratch = await migratedDatabase();
});
afterAll(() => scratch.drop());
beforeEach(() =>
  sql`truncate read_model.redrive_jobs, read_model.redrive_job_items`.execute(scratch.database),
);

const write = (work: (rows: Rows) => Promise<void>) => scratch.database.transaction().execute(work);
const jobs = () =>
  scratch.database.selectFrom('read_model.redrive_jobs').selectAll().orderBy('job_id').execute();
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
