import { describe, expect, it } from '@jest/globals';
import { OwnBrokers } from '../../fixtures/own-brokers.ts';
import { patience, record, scratchName, until } from '../../fixtures/scratch-broker.ts';
import type { Cluster } from '../engine/ports/cluster.ts';
import { CommitCycles, type Share } from '../engine/commits/commit-cycles.ts';
import { transactionalIdsOf } from '../engine/commits/transactional-ids.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { storedPosition } from './groups/stored-positions.ts';
import { createTopics } from './topics/topics.ts';
import { TransactionalProducer } from './producing/transactional-producer.ts';

const VICTIM = 3;
/** Longer than any machine needs to notice that a broker is dead: the broker must not abort the transaction meanwhile. */
const TRANSACTION_MS = 600_000;

describe('an output partition that loses its leader before its marker is written', () => {
  const brokers = new OwnBrokers({ brokers: 3 });

  it('holds up the lanes that write there, and no others of its transaction or of the next ones', async () => {
    const { client } = brokers;
    await createTopics(client, [topic('source'), topic('output')], { factor: 3, minInSync: 2 });
    await topicOn(VICTIM, 'lonely');
    // As members have brokers make the topic of positions.
    await until(async () => (await client.coordinator('group', 'well').catch(() => -1)) >= 0);
    let kills = false;
    const committed: string[] = [];
    const cycles = new CommitCycles(
      clusterOf(committed, async (name) => {
        if (name !== 'before-commit' || !kills) return;
        kills = false;
        await brokers.kill(VICTIM);
        await until(async () => !(await leads('lonely')));
      }),
      { ...(await coordinatedElsewhere()), groups: ['lonely', 'well'] },
    );
    const commit = (group: string, offset: bigint) => cycles.commit(share(group, offset));
    await Promise.all([commit('lonely', 1n), commit('well', 1n)]);
    kills = true;
    const hanging = commit('lonely', 2n).then(
      () => 'committed',
      (error: { code: string }) => error.code,
    );
    // It was in the same transaction, and its own markers are there.
    await commit('well', 2n);
    committed.length = 0;
    for (let offset = 3n; offset < 10n; offset++) await commit('well', offset);
    expect(await leads('lonely')).toBe(false);
    expect([...new Set(committed)]).toEqual([expect.stringMatching('/2$')]);
    expect(await hanging).toBe('NOT_STABLE');
    await brokers.start(VICTIM);
    const again = async (): Promise<boolean> =>
      commit('lonely', 3n).then(
        () => true,
        () => false,
      );
    await until(again);
    expect((await storedPosition(client, 'lonely', 'source', 0, patience())).offset).toBe(3n);
    await cycles.close();
  });

  const topic = (name: string) => ({
    name,
    partitions: 1,
    retentionMs: -1,
    maxMessageBytes: 1_048_588,
    writers: [],
  });

  const share = (group: string, offset: bigint): Share => ({
    records: [record(group === 'lonely' ? 'lonely' : 'output', 'x')],
    position: { group, topic: 'source', partition: 0, offset, ...nobody },
    confirm: async () => nobody,
  });

  /** One whose brokers wait for as long as the spec does, and which tells what was committed under which id. */
  function clusterOf(
    committed: string[],
    failpoint: NonNullable<Parameters<Cluster['producer']>[0]['failpoint']>,
  ): Cluster {
    const client = brokers.client.sibling('transactions');
    const cluster: Cluster = new KafkaCluster(client);
    cluster.apart = () => clusterOf(committed, failpoint);
    cluster.producer = ({ transactionalId }) =>
      new TransactionalProducer(client, {
        transactionalId,
        transactionTimeoutMs: TRANSACTION_MS,
        failpoint: async (name) => {
          await failpoint(name);
          if (name === 'after-commit') committed.push(transactionalId);
        },
      });
    return cluster;
  }

  /** A topic that only this broker has: without the broker it has no leader. */
  async function topicOn(broker: number, name: string): Promise<void> {
    const made = {
      topic: name,
      numPartitions: -1,
      replicationFactor: -1,
      replicaAssignment: [{ partition: 0, replicas: [broker] }],
      configEntries: [{ name: 'min.insync.replicas', value: '1' }],
    };
    const { client } = brokers;
    await client.call(await client.controller(), 'CreateTopics', { topics: [made], timeout: 30_000 });
    await until(() => leads(name));
  }

  async function leads(name: string): Promise<boolean> {
    brokers.client.forget();
    return brokers.client.leader(name, 0).then(
      () => true,
      () => false,
    );
  }

  /** A process neither of whose ids the victim coordinates. */
  async function coordinatedElsewhere() {
    for (;;) {
      const name = { service: scratchName('service'), instance: 'spec' };
      const nodes: number[] = [];
      for (const id of transactionalIdsOf(name))
        await until(async () => {
          const node = await brokers.client.coordinator('transaction', id).catch(() => -1);
          if (node >= 0) nodes.push(node);
          return node >= 0;
        });
      if (!nodes.includes(VICTIM)) return name;
    }
  }
});

const nobody = { memberId: '', generation: -1 };
