import { describe, expect, it } from '@jest/globals';
import { classify } from './classification.ts';

const error = (fields: object) => Object.assign(new Error('x'), fields);

describe('the class of a failure', () => {
  it.each([
    ['unavailable', error({ code: 'ECONNREFUSED' })],
    ['unavailable', new Error('wrapped', { cause: error({ code: 'ECONNRESET' }) })],
    ['unavailable', error({ code: '57P01' })],
    ['unavailable', error({ code: '40P01' })],
    ['unavailable', new Error('Connection terminated unexpectedly')],
    ['unavailable', error({ unavailable: true, retryable: true })],
    ['retryable', error({ retryable: true })],
    ['fatal', error({ retryable: false })],
    ['fatal', error({ code: '23505', retryable: false })],
    ['retryable', new Error('unknown')],
  ])('is %s', (expected, failure) => {
    expect(classify(failure, 'retryable')).toBe(expected);
  });
});
