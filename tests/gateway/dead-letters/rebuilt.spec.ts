import { RecordRedriveHandled, RecordRedriveNotSent, RecordRedriveSent } from '@atelier/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OperatorsDesk } from './operators-desk.ts';

let desk: OperatorsDesk;

beforeAll(async () => {
  desk = await OperatorsDesk.open();
});

afterAll(() => desk?.close());

const tables = ['dead_letters', 'dead_letter_history', 'redrive_jobs', 'redrive_job_items'];

async function everyRow(): Promise<unknown> {
  const found = tables.map(async (table) => {
    const { rows } = await desk.rows.query<{ row: string }>(
      `select to_jsonb(t)::text as row from read_model.${table} t order by 1`,
    );
    return [table, rows.map(({ row }) => JSON.parse(row))] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** Dead letters in each state, by each kind of decision. */
async function decideAll(): Promise<void> {
  const [handled = '', missing = '', discarded = '', restored = ''] = [
    await desk.report(),
    await desk.report(),
    await desk.report(),
    await desk.report(),
  ];
  const group = 'orders.expire-order';
  for (let count = 0; count < 3; count++) await desk.report({ group });
  for (const id of [handled, missing]) await desk.redrive(id);
  for (const id of [discarded, restored])
    await desk.post(`/v1/dead-letters/${id}/discard`, { reason: 'old' });
  await desk.post(`/v1/dead-letters/${restored}/restore`, { reason: 'it was not' });
  const job = await desk.post('/v1/dead-letters/redrive', { group, reason: 'deployed the fix', rate: 1 });
  await desk.post(`/v1/redrive-jobs/${job.body.jobId}/cancel`, { reason: 'not now' });
  await desk.platform.tell(
    RecordRedriveSent({ deadLetterId: handled, redrive: 1 }),
    RecordRedriveHandled({ deadLetterId: handled, redrive: 1 }),
    RecordRedriveNotSent({ deadLetterId: missing, redrive: 1, refusal: 'record-missing' }),
  );
}

describe('the read model of dead letters', () => {
  it('can be rebuilt from the decisions', async () => {
    await decideAll();
    const before = await everyRow();
    await desk.rows.query(`truncate ${tables.map((table) => `read_model.${table}`).join(', ')}`);
    await desk.platform.projectAgain('projections.dead-letters.v1');
    expect(await everyRow()).toEqual(before);
    expect(before).toMatchObject({
      dead_letters: { length: 7 },
      redrive_jobs: [{ status: 'cancelled' }],
      redrive_job_items: { length: 1 },
    });
  });
});
