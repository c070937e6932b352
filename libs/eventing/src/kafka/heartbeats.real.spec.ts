import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { joinedMember, patience, scratchClient, scratchTopic } from '../../fixtures/scratch-broker.ts';
import { scratchGroup } from '../../fixtures/scratch-group.ts';
import type { KafkaClient } from './client.ts';

const PARTITIONS = 12;

describe('heartbeats', () => {
  let client: KafkaClient;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());

  it('of partitions that are confirmed at once are as good as one (there was one for each)', async () => {
    const topic = await scratchTopic(client, PARTITIONS);
    const group = await scratchGroup(client, topic);
    const own = client.sibling('member');
    let heartbeats = 0;
    const call = own.call.bind(own);
    own.call = async <T>(node: number, api: string, args: object) => {
      if (api === 'Heartbeat') heartbeats++;
      return call<T>(node, api, args);
    };
    // Its own heartbeats come every minute.
    const member = await joinedMember(own, group, topic, 600_000);
    const all = [...Array(PARTITIONS).keys()];
    const confirmed = await Promise.all(all.map((each) => member.confirmOwnership(topic, each, patience())));
    expect(new Set(confirmed.map(({ generation }) => generation)).size).toBe(1);
    expect(heartbeats).toBe(1);
    await member.stop();
  });
});
