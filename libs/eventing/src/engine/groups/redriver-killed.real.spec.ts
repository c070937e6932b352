import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { redriveTopic } from '../../domain/index.ts';
import { deadLetter } from '../../failures/copies.ts';
import { failureOf } from '../../failures/failure.ts';
import type { KafkaClient } from '../../kafka/client.ts';
import { TRANSACTION_FAILPOINTS } from '../failpoints.ts';
import { failureIn } from '../../testing/diverting-group.ts';
import { doors } from '../../testing/doors.ts';
import { Lives } from '../../testing/lives.ts';
import { nothingIsOpen } from '../../testing/nothing-is-open.ts';
import { readTopic } from '../../testing/read-topic.ts';
import { askToRedrive } from '../../testing/redriver.ts';
import type { RedriverLife } from '../../testing/redriver-worker.ts';
import { brokers, scratchClient, until } from '../../testing/scratch-broker.ts';

const LETTERS = 12;

/** Each life is a process that has to start. */

describe('the redriver, killed in the middle', () => {
  const lives = new Lives<RedriverLife>('redriver-worker.ts');
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  afterEach(() => lives.end());

  it.each(TRANSACTION_FAILPOINTS)('gives each dead letter back once: %s', async (failpoint) => {
    const failed = await doors(client, { kind: 'policy' });
    const { name, commands, ring } = await doors(client, { kind: 'redrive' });
    const ids: string[] = [];
    const order = async (count: number) => {
      for (const most = ids.length + count; ids.length < most;) {
        const letter = letterOf(failed, ids.length);
        await failed.appender.append(letter);
        const { id } = failureIn(letter);
        await ring(askToRedrive(letter), 1, id);
        ids.push(id);
      }
    };
    const sent = async () => (await readTopic(client, commands)).map(({ key }) => key?.toString());
    const allSent = async () => (await sent()).length >= ids.length;

    const life = { brokers, name };
    for (let kills = 0; kills < 2; kills++) {
      await order(LETTERS);
      await lives.dieAt(life, { failpoint, nth: 1 });
    }
    await lives.liveUntil(life, allSent);

    const redrives = redriveTopic(failed.group, failed.events);
    for (const topic of [commands, redrives]) await until(() => nothingIsOpen(client, topic));
    expect(await sent()).toEqual(ids.map((id) => `sent/${id}`));
    const copies = await readTopic(client, redrives);
    expect(copies.map((copy) => failureIn(copy).id)).toEqual(ids);
  });
});

/** A dead letter of the failed group, as if it stood at that offset of its source. */
function letterOf({ group, events }: { readonly group: string; readonly events: string }, offset: number) {
  const [key, value] = [Buffer.from(`key ${offset}`), Buffer.from('not even Avro')];
  const place = { topic: events, partition: 0, offset: BigInt(offset), timestamp: 1_234 };
  const original = { ...place, key, value, headers: [] };
  const who = { group, handler: 'spec', service: 'spec', version: '1' };
  return deadLetter(
    original,
    failureOf(original, { ...who, thrown: [{ at: 1, error: new Error('never') }] }),
  );
}
