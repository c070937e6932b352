import { ConfigurationError, loggedFields } from '@atelier/eventing/domain';
import { describe as suite, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { describe, ServiceLogger } from './service-logger.ts';

suite('what NestJS logs', () => {
  const error = new Error('boom');

  it.each([
    [['hello'], { msg: 'hello' }],
    [['hello', 'Context'], { msg: 'hello', context: 'Context' }],
    [['failed', error, 'Context'], { msg: 'failed', err: error, context: 'Context' }],
    [[error, 'Context'], { err: error, context: 'Context' }],
    [
      ['failed', 'Error: x\n    at y', 'Context'],
      { msg: 'failed', stack: 'Error: x\n    at y', context: 'Context' },
    ],
    [['failed', 'Error: x\n    at y'], { msg: 'failed', stack: 'Error: x\n    at y' }],
    [['failed', undefined, 'Context'], { msg: 'failed', context: 'Context' }],
    [[{ topic: 't' }, 'Context'], { topic: 't', context: 'Context' }],
  ])('%j becomes fields', (said, line) => expect(describe(said)).toEqual(line));

  it('has code and fields of an error of the library, beside a text of its own or whole', () => {
    const lines: string[] = [];
    const logger = new ServiceLogger(pino({}, { write: (line) => void lines.push(line) }));
    const fields = { topic: 't', offset: 9_007_199_254_740_993n };
    const failure = new ConfigurationError('GROUP_UNKNOWN', 'unknown', { fields });
    logger.warn('g waits: unknown', ...loggedFields(failure), 'Eventing');
    logger.error('failed', failure, 'Eventing');
    const said = '"fields":{"offset":9007199254740993,"topic":"t"}';
    expect(lines[0]).toContain(`"code":"GROUP_UNKNOWN","retryable":false,${said},"msg":"g waits: unknown"`);
    expect(lines[1]).toContain(said);
  });
});
