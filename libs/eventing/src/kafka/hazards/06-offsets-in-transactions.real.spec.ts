import { readPartition } from '../reading/partition-reader.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '../client/client.ts';
import { committedOffset, logEnd, stableEnd } from '../groups/stored-positions.ts';
import { TransactionalProducer } from '../producing/transactional-producer.ts';
import { Writer } from '../wire/writer.ts';
import { api, errorAnswer, RefusingProxy } from '../../../fixtures/refusing-proxy.ts';
import {
  joinedMember,
  patience,
  record,
  scratchClient,
  scratchName,
  scratchTopic,
  until,
} from '../../../fixtures/scratch-broker.ts';
import { plainKafka } from './plain-kafka.ts';

const LOADING = 14;
const NOT_AUTHORISED = 30;

describe('hazard 6: positions inside a transaction', () => {
  let client: KafkaClient;
  let proxy: RefusingProxy;
  beforeAll(() => void (client = scratchClient()));
  afterAll(() => client.close());
  beforeEach(async () => void (proxy = await RefusingProxy.start()));
  afterEach(() => proxy.close());

  const refusals = {
    AddOffsetsToTxn: (code: number, times: number) => {
      proxy.refuse(api.addOffsetsToTxn, errorAnswer(code), times);
    },
    TxnOffsetCommit: (code: number, times: number, topic: string) => {
      proxy.refuse(api.txnOffsetCommit, (version) => offsetCommitAnswer(version, topic, code), times);
    },
  };

  /** In version 2 there is no AddOffsetsToTxn. */
  const cases = [
    ['AddOffsetsToTxn', 1],
    ['TxnOffsetCommit', 1],
    ['TxnOffsetCommit', 2],
  ] as const;

  async function transaction(version: 1 | 2) {
    const [topic, group] = [await scratchTopic(client), scratchName('group')];
    const member = await joinedMember(client.sibling('member'), group, topic);
    const mine = proxy.client();
    const producer = new TransactionalProducer(mine, { transactionalId: scratchName('tx'), version });
    await producer.fence();
    const position = { group, topic, partition: 0, offset: 5n, ...member.membership };
    const close = () => Promise.all([member.stop(), mine.close()]);
    return {
      topic,
      group,
      close,
      commit: () => producer.transact([{ records: [record(topic, 'x')], position }]),
    };
  }

  it.each(cases)(
    '%s of version %d is asked again when its error passes, and the transaction commits',
    async (request, version) => {
      const { topic, group, commit, close } = await transaction(version);
      refusals[request](LOADING, 3, topic);
      await commit();
      expect(proxy.seen.filter(({ refused }) => refused)).toHaveLength(3);
      expect(await committedOffset(client, group, topic, 0)).toBe(5n);
      await close();
    },
  );

  it.each(cases)(
    '%s of version %d is asked once when its error stays, and the transaction is aborted',
    async (request, version) => {
      const { topic, group, commit, close } = await transaction(version);
      refusals[request](NOT_AUTHORISED, 100, topic);
      await expect(commit()).rejects.toMatchObject({ code: 'GROUP_AUTHORIZATION_FAILED', retryable: false });
      expect(proxy.seen.filter(({ refused }) => refused)).toHaveLength(1);
      await until(async () => (await stableEnd(client, topic, 0)) === (await logEnd(client, topic, 0)));
      expect(await values(topic)).toEqual([]);
      expect(await committedOffset(client, group, topic, 0)).toBe(-1n);
      await close();
    },
  );

  it.each(['AddOffsetsToTxn', 'TxnOffsetCommit'] as const)(
    '%s fails at once in KafkaJS, although its error passes (negative control)',
    async (request) => {
      const [topic, group] = [await scratchTopic(client), scratchName('group')];
      const producer = plainKafka({ brokers: proxy.brokers }).producer({
        transactionalId: scratchName('tx'),
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await producer.connect();
      const open = await producer.transaction();
      refusals[request](LOADING, 1, topic);
      const sending = open.sendOffsets({
        consumerGroupId: group,
        topics: [{ topic, partitions: [{ partition: 0, offset: '5' }] }],
      });
      await expect(sending).rejects.toMatchObject({ type: 'GROUP_LOAD_IN_PROGRESS' });
      expect(proxy.seen.filter(({ refused }) => refused)).toHaveLength(1);
      await producer.disconnect();
    },
  );

  async function values(topic: string): Promise<string[]> {
    const found: string[] = [];
    const range = { from: 0n, to: await stableEnd(client, topic, 0), signal: patience() };
    for await (const { records } of readPartition(client, topic, 0, range))
      found.push(...records.map(({ value }) => String(value)));
    return found;
  }
});

/** Version 3 is flexible (KIP-482), those of KafkaJS are not. */
function offsetCommitAnswer(version: number, topic: string, code: number): Buffer {
  const writer = new Writer();
  if (version < 3) return writer.int32(0).int32(1).string(topic).int32(1).int32(0).int16(code).slice(0);
  writer.uvarint(0).int32(0).uvarint(2).compactString(topic).uvarint(2).int32(0).int16(code);
  return writer.uvarint(0).uvarint(0).uvarint(0).slice(0);
}
