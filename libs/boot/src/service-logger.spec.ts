import { describe as suite, expect, it } from '@jest/globals';
import { describe } from './service-logger.ts';

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
});
