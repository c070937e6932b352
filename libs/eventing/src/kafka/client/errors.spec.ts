import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { kafkaError } from './errors.ts';
import { protocolError } from './kafkajs.ts';

const thrown = createRequire(import.meta.url)('kafkajs/src/errors') as Record<
  string,
  new (...args: unknown[]) => Error
>;
const made = (name: string, ...args: unknown[]) =>
  new (thrown[name] as new (...args: unknown[]) => Error)(...args);
const ALREADY_EXISTS = protocolError(36);
const INVALID_REPLICATION_FACTOR = protocolError(38);

describe('what the client throws', () => {
  const creating = (...errors: Error[]) =>
    made(
      'KafkaJSAggregateError',
      'Topic creation errors',
      errors.map((error, index) => made('KafkaJSCreateTopicError', error, `topic-${index}`)),
    );

  it('for several topics is the error of one (it was taken for a connection that fails)', () => {
    expect(kafkaError(creating(ALREADY_EXISTS, INVALID_REPLICATION_FACTOR))).toMatchObject({
      code: 'INVALID_REPLICATION_FACTOR',
      retryable: false,
      message: expect.stringContaining('topic-1: '),
    });
    expect(kafkaError(creating(ALREADY_EXISTS))).toMatchObject({ code: 'TOPIC_ALREADY_EXISTS' });
  });

  it('for records that cannot be deleted is what the broker says', () => {
    const partitions = [{ partition: 0, error: protocolError(44), offset: '5' }];
    expect(kafkaError(made('KafkaJSDeleteTopicRecordsError', { partitions }))).toMatchObject({
      code: 'POLICY_VIOLATION',
      retryable: false,
    });
  });

  it('for a request that a broker does not have at all passes at no time', () => {
    const error = made('KafkaJSServerDoesNotSupportApiKey', 'It is not supported', {
      apiName: 'DeleteRecords',
    });
    expect(kafkaError(error)).toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      retryable: false,
      message: 'It is not supported: DeleteRecords',
    });
  });
});
