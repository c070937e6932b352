import { deadLetterTopic, redriveTopic } from '@atelier/eventing/domain';
import { FAILURE } from '@atelier/eventing/failures';
import pg from 'pg';
import type { LoggedRecord } from '../harness/log/record-batch.ts';
import type { Bench } from '../harness/single-platform/bench.ts';
import type { Happening, Letters } from './redriven.ts';

/** The group that sends e-mails; each that the mail server refuses is a dead letter of it. */
export const group = 'notifications.order-mail';
const source = 'orders.events';

/** What the log and the read model have of this group's dead letters. */
export async function lettersOf({ watch, platform }: Bench, expected: number): Promise<Letters> {
  await watch.catchUp();
  const idsOn = (topic: string, records: readonly LoggedRecord[]) =>
    records.filter((record) => record.topic === topic).map(({ headers }) => headers.get(FAILURE.id) ?? '');
  return {
    expected,
    deadLetters: idsOn(deadLetterTopic(group, source), watch.deadLetters),
    copies: idsOn(redriveTopic(group, source), watch.commands),
    events: watch.events
      .filter(({ topic }) => topic === 'dead-letters.events')
      .map(({ type, subject }) => ({ type, deadLetterId: subject })),
    ...(await shown(platform.stack.postgresUrl)),
  };
}

async function shown(connectionString: string): Promise<Pick<Letters, 'history' | 'rows'>> {
  const database = new pg.Client({ connectionString });
  await database.connect();
  const query = async <Row>(sql: string) => (await database.query(sql)).rows as Row[];
  try {
    return {
      history: await query<Happening>(
        `select aggregate_id as "deadLetterId", type from read_model.dead_letter_history where topic = 'dead-letters.events'`,
      ),
      rows: await query<Letters['rows'][number]>(
        'select dead_letter_id as "deadLetterId", status from read_model.dead_letters',
      ),
    };
  } finally {
    await database.end();
  }
}
