import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokers, record, scratchClient, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { KafkaClient } from '../client/client.ts';
import { LeaderEpochs } from '../client/leader-epochs.ts';
import { LogAppender } from '../producing/log-appender.ts';
import { partitionEnds } from '../reading/partition-ends.ts';
import { fetchExchange } from '../wire/fetch-request.ts';
import { decodeFetch, type FetchedPartition } from '../wire/fetch.ts';
import { LATEST, type ListedOffset, listOffsetsExchange } from '../wire/list-offsets.ts';

const NONE = 0;
const UNKNOWN_LEADER_EPOCH = 75;

/**
 * A broker that was paused goes on as the leader of then, and answers for a log that ends too early. It refuses whoever names a
 * newer epoch (KIP-320): here the questions are of another time than the leader, which comes to the same.
 */
describe('hazard 25: only the leader of now answers', () => {
  let client: KafkaClient;
  let topic: string;
  beforeAll(async () => {
    client = scratchClient();
    topic = await scratchTopic(client);
    await new LogAppender(client).append(record(topic, 'x'));
  });
  afterAll(() => client.close());

  it.each([
    ['of now', 0, NONE],
    ['of a newer epoch', 1, UNKNOWN_LEADER_EPOCH],
  ])('a fetch, and a question for the end, %s', async (_, ahead, errorCode) => {
    expect(await answersTo(ahead)).toEqual([errorCode, errorCode]);
  });

  it('to a client that has heard of a newer epoch', async () => {
    const { id, leaders } = await client.topic(topic);
    const epochs = new LeaderEpochs();
    const later = leaders.map(({ nodeId, epoch }) => ({ nodeId, epoch: epoch + 1 }));
    epochs.heard({ errorCode: NONE, name: topic, id, leaders: later });
    const informed = new KafkaClient({ brokers, clientId: 'informed' }, epochs);
    await informed.confirmLeaders([topic]);
    expect(await informed.leadership(topic, 0)).toEqual(later[0]);
    expect(await partitionEnds(informed, [{ topic, partition: 0 }])).toEqual([]);
    expect(await partitionEnds(client, [{ topic, partition: 0 }])).toHaveLength(1);
    await informed.close();
  });

  /** Error codes of both requests, which name an epoch that is this much newer than the leader's. */
  async function answersTo(ahead: number): Promise<(number | undefined)[]> {
    const { nodeId, epoch } = await client.leadership(topic, 0);
    const wanted = { topic, partition: 0, leader: { nodeId, epoch: epoch + ahead } };
    const asked = fetchExchange(
      [{ ...wanted, offset: 0n, maxBytes: 1 }],
      { isolation: 'committed', maxBytes: 1 },
      (bytes) => decodeFetch(bytes, () => 0n),
    );
    const [fetched] = await client.exchange<FetchedPartition[]>(nodeId, asked);
    const ends = listOffsetsExchange([wanted], 'everything', LATEST);
    const [listed] = await client.exchange<ListedOffset[]>(nodeId, ends);
    return [fetched?.errorCode, listed?.errorCode];
  }
});
