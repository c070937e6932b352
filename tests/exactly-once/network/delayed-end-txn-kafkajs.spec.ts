import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KafkaClient } from '@atelier/eventing/kafka';
import { Kafka, logLevel } from 'kafkajs';
import {
  brokers,
  scratchClient,
  scratchName,
  scratchTopic,
} from '../../../libs/eventing/fixtures/scratch-broker.ts';
import { committedValues } from './committed-values.ts';
import { endTxn, endTxnError, KafkaRequests } from './kafka-requests.ts';
import { TcpProxy } from './tcp-proxy.ts';

const INVALID_PRODUCER_EPOCH = 47;

/**
 * The producer of KafkaJS escapes KAFKA-17754, but only because it is unusable after an EndTxn without an answer:
 * it never repeats it, and never begins another transaction. So it is no negative control.
 */
describe('KAFKA-17754 with the producer of KafkaJS', () => {
  let direct: KafkaClient;
  let proxy: TcpProxy;
  let requests: KafkaRequests;
  let kafka: Kafka;

  beforeEach(async () => {
    const [host = '', port] = (brokers[0] ?? '').split(':');
    direct = scratchClient();
    requests = new KafkaRequests();
    proxy = await TcpProxy.start({ target: { host, port: Number(port) }, intercept: requests.intercept });
    kafka = new Kafka({
      brokers,
      clientId: 'delayed',
      logLevel: logLevel.NOTHING,
      requestTimeout: 2_000,
      retry: { initialRetryTime: 20, retries: 10 },
      socketFactory: ({ onConnect }) => connect({ host: '127.0.0.1', port: proxy.port }, onConnect),
    });
  });

  afterEach(async () => {
    await direct.close();
    await proxy.close();
  });

  const transactional = async (transactionalId: string) => {
    const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    return producer;
  };

  it.each(['commit', 'abort'] as const)(
    'is stuck after an unanswered %s, and its successor has a new epoch',
    async (end) => {
      const [topic, transactionalId] = [await scratchTopic(direct), scratchName('tx')];
      const producer = await transactional(transactionalId);
      const first = await producer.transaction();
      await first.send({ topic, messages: [{ value: 'first' }] });
      const held = requests.hold(endTxn);
      await expect(first[end]()).rejects.toMatchObject({ name: 'KafkaJSRequestTimeoutError' });
      await expect(first[end]()).rejects.toThrow('Cannot continue to use transaction once ended');
      await expect(producer.transaction()).rejects.toThrow('Cannot call "beginTransaction" in state');
      await producer.disconnect();

      const successor = await transactional(transactionalId);
      const second = await successor.transaction();
      await second.send({ topic, messages: [{ value: 'second' }] });
      const request = await held;
      expect(endTxnError(await request.forward(), request)).toBe(INVALID_PRODUCER_EPOCH);
      await second[end === 'commit' ? 'abort' : 'commit']();
      expect(await committedValues(direct, topic)).toEqual(end === 'commit' ? [] : ['second']);
      await successor.disconnect();
    },
  );
});
