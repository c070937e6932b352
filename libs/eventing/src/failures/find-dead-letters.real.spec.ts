import { KafkaLog } from '../kafka/kafka-log.ts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KafkaClient } from '../kafka/client.ts';
import type { OutgoingRecord } from '../log/record.ts';
import { doors } from '../testing/doors.ts';
import { openTransaction } from '../testing/open-transaction.ts';
import { brokers, patience, scratchClient } from '../testing/scratch-broker.ts';
import { deadLetter } from './copies.ts';
import { failureOf } from './failure.ts';
import { findDeadLetter } from './find-dead-letters.ts';

/** Questions for offsets that one search asks, and some more. */
const QUESTIONS = 7;

/** Does something right before the n-th question for an offset. */
class InterruptedClient extends KafkaClient {
  private asked = 0;
  private readonly nth: number;
  private readonly interrupt: () => Promise<void>;

  constructor(nth: number, interrupt: () => Promise<void>) {
    super({ brokers, clientId: 'interrupted' });
    this.nth = nth;
    this.interrupt = interrupt;
  }

  override async exchange<T>(...[node, asked]: Parameters<KafkaClient['exchange']>): Promise<T> {
    const api = typeof asked === 'function' ? undefined : asked.request.apiName;
    if (api === 'ListOffsets' && ++this.asked === this.nth) await this.interrupt();
    return super.exchange(node, asked);
  }
}

describe('the search for a dead letter', () => {
  let client: KafkaClient;
  let parts: Awaited<ReturnType<typeof doors>>;
  beforeAll(async () => {
    client = scratchClient();
    parts = await doors(client, { kind: 'policy' });
  });
  afterAll(() => client.close());

  function letter(offset: bigint): { record: OutgoingRecord; id: string; failedAt: number } {
    const { group, events: topic } = parts;
    const bytes = { key: null, value: null, headers: [] };
    const original = { topic, partition: 0, offset, timestamp: 1, ...bytes };
    const who = { group, handler: 'spec', service: 'spec', version: '1' };
    const failure = failureOf(original, { ...who, thrown: [{ at: 1, error: new Error('never') }] });
    return { record: deadLetter(original, failure), id: failure.id, failedAt: failure.last.at };
  }

  it.each(Array.from({ length: QUESTIONS }, (_, index) => index + 1))(
    'never takes one for lost whose transaction ends while it searches (before question %i)',
    async (nth) => {
      const { record, id: deadLetterId, failedAt } = letter(BigInt(nth));
      const { commit } = await openTransaction(client, [record]);
      const interrupted = new InterruptedClient(nth, commit);
      const { group, events: topic } = parts;
      const at = { group, topic, partition: 0, deadLetterId, redrives: 0, failedAt };
      const found = await findDeadLetter(new KafkaLog(interrupted), at, patience()).catch(
        (error: Error) => error,
      );
      if (found instanceof Error) expect(found).toMatchObject({ code: 'NOT_STABLE', unavailable: true });
      else expect(found?.headers).toEqual(record.headers);
      await commit();
      await interrupted.close();
    },
  );
});
