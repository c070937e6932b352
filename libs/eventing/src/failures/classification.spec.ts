import { describe, expect, it } from '@jest/globals';
import { KafkaError } from '../kafka/client/errors.ts';
import { Undecodable } from '../serde/message-codec.ts';
import { classify, dependencyOf, outageOf } from './classification.ts';

const error = (fields: object) => Object.assign(new Error('x'), fields);
const caused = (message: string, cause: unknown) => new Error(message, { cause });

describe('the class of a failure', () => {
  it.each([
    ['unavailable', error({ code: 'ECONNREFUSED' })],
    ['unavailable', caused('wrapped', error({ code: 'ECONNRESET' }))],
    ['unavailable', error({ code: '57P01' })],
    ['unavailable', error({ code: '40P01' })],
    ['unavailable', new Error('Connection terminated unexpectedly')],
    ['unavailable', error({ unavailable: true, retryable: true })],
    ['unavailable', new KafkaError('CONNECTION', 'gone', { retryable: true })],
    ['fatal', new KafkaError('CLIENT', 'wrong', { retryable: false })],
    ['retryable', error({ retryable: true })],
    ['fatal', error({ retryable: false })],
    ['fatal', error({ code: '23505', retryable: false })],
    ['retryable', new Error('unknown')],
    ['retryable', 'thrown text'],
    ['retryable', null],
  ])('is %s', (expected, failure) => {
    expect(classify(failure, 'retryable')).toBe(expected);
  });

  it('is what the outermost error says that says something', () => {
    const inner = error({ code: 'ECONNREFUSED' });
    expect(classify(Object.assign(caused('outer', inner), { retryable: false }), 'retryable')).toBe('fatal');
    expect(classify(caused('outer', caused('middle', inner)), 'retryable')).toBe('unavailable');
  });

  it('comes to an end when causes go round in a circle', () => {
    const first = error({});
    const second = caused('second', first);
    Object.assign(first, { cause: second });
    expect(classify(second, 'fatal')).toBe('fatal');
  });
});

describe('declared errors', () => {
  class Greylisted extends Error {}
  class Refused extends Error {
    readonly retryable = true;
  }

  it('go before what an error says of itself', () => {
    expect(classify(new Refused(), 'retryable', { fatal: [Refused] })).toBe('fatal');
    expect(classify(new Greylisted(), 'fatal', { unavailable: [Greylisted] })).toBe('unavailable');
    expect(classify(caused('sending', new Greylisted()), 'fatal', { retryable: [Greylisted] })).toBe(
      'retryable',
    );
  });

  it('do not make bytes readable that nobody can decode', () => {
    const undecodable = new Undecodable('no schema fits');
    const declared = { retryable: [Error], unavailable: [Undecodable] };
    expect(classify(undecodable, 'retryable', declared)).toBe('fatal');
    expect(classify(caused('reading', undecodable), 'retryable', declared)).toBe('fatal');
  });

  it('of an outage are told to those who do not know what was declared', () => {
    const told = outageOf(new Greylisted('later'), { unavailable: [Greylisted] });
    expect(classify(told, 'fatal')).toBe('unavailable');
    expect(told).toMatchObject({ message: 'later', cause: expect.any(Greylisted) });
    const known = error({ unavailable: true });
    expect(outageOf(known, { unavailable: [Greylisted] })).toBe(known);
    expect(outageOf(known, undefined)).toBe(known);
  });

  it('say nothing about others', () => {
    expect(classify(new Refused(), 'fatal', { unavailable: [Greylisted] })).toBe('retryable');
  });
});

describe('the dependency that an outage is about', () => {
  it.each([
    ['SMTP', error({ dependency: 'SMTP', code: 'ECONNREFUSED', address: '::1', port: 25 })],
    ['SMTP', caused('sending', error({ dependency: 'SMTP' }))],
    ['Kafka', new KafkaError('CONNECTION', 'gone', { retryable: true })],
    ['Postgres', error({ code: '57P01' })],
    ['Postgres', caused('query', new Error('Connection terminated unexpectedly'))],
    ['127.0.0.1:25', error({ code: 'ECONNREFUSED', address: '127.0.0.1', port: 25 })],
    ['a dependency', error({ code: 'ENOTFOUND' })],
  ])('is %s', (expected, failure) => {
    expect(dependencyOf(failure)).toBe(expected);
  });
});
