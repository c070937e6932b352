import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { brokers } from '../../../fixtures/scratch-broker.ts';

/** KafkaJS as it comes, for negative controls. It asks again after 5 ms, so that controls end soon. */
export const plainKafka = (config: Partial<KafkaConfig> = {}) =>
  new Kafka({
    brokers,
    clientId: 'plain',
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 5 },
    ...config,
  });
