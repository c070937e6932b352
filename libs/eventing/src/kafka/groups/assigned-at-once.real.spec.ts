import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fencedIdentity } from '../../../fixtures/fenced-identity.ts';
import { joinedMember, patience, scratchClient, scratchTopic } from '../../../fixtures/scratch-broker.ts';
import { scratchGroup } from '../../../fixtures/scratch-group.ts';
import type { KafkaClient } from '../client/client.ts';
import { KafkaLog } from '../reading/kafka-log.ts';
import { txnOffsetCommitExchange } from '../wire/txn-offset-commit.ts';

const PARTITIONS = 12;
const all = [...Array(PARTITIONS).keys()];

describe('many partitions that are assigned at once', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  /** A client, and how many requests of a kind it has made. */
  function counting(kind: string) {
    const own = client.sibling('counting');
    let requests = 0;
    const [call, exchange] = [own.call.bind(own), own.exchange.bind(own)];
    own.call = async <T>(node: number, api: string, args: object) => {
      if (api === kind) requests++;
      return call<T>(node, api, args);
    };
    own.exchange = async <T>(node: number, asked: Parameters<typeof exchange>[1]) => {
      if (typeof asked !== 'function' && asked.request.apiName === kind) requests++;
      return exchange<T>(node, asked);
    };
    return { own, requests: () => requests };
  }

  it('are confirmed by one heartbeat (there was one for each)', async () => {
    const topic = await scratchTopic(client, PARTITIONS);
    const group = await scratchGroup(client, topic);
    const { own, requests } = counting('Heartbeat');
    // Its own heartbeats come every minute.
    const member = await joinedMember(own, group, topic, 600_000);
    const confirmed = await Promise.all(all.map((each) => member.confirmOwnership(topic, each, patience())));
    expect(new Set(confirmed.map(({ generation }) => generation)).size).toBe(1);
    expect(requests()).toBe(1);
    await member.stop();
  });

  it('have their positions in one answer, and none waits for one that is not final', async () => {
    const topic = await scratchTopic(client, PARTITIONS);
    const group = await scratchGroup(client, topic);
    const { own, requests } = counting('OffsetFetch');
    const log = new KafkaLog(own);
    const positions = () => all.map((each) => log.position(group, topic, each, patience()));
    expect(await Promise.all(positions())).toEqual(all.map(() => ({ offset: 0n, metadata: '' })));
    expect(requests()).toBe(1);
    const identity = await fencedIdentity(client, `${group}/open`, 60_000);
    const position = { group, topic, partition: 3, offset: 7n, memberId: '', generation: -1 };
    await client.exchange(
      await client.coordinator('group', group),
      txnOffsetCommitExchange(identity, [position], 5),
    );
    const asked = positions().map((each) => each.then(({ offset }) => offset));
    asked[3]?.catch(() => undefined);
    const others = asked.filter((_, each) => each !== 3);
    expect(await Promise.all(others)).toEqual(others.map(() => 0n));
    await expect(asked[3]).rejects.toMatchObject({ code: 'UNSTABLE_OFFSET_COMMIT' });
    await fencedIdentity(client, `${group}/open`, 60_000);
    await own.close();
  });
});
