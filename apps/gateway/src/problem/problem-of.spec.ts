import { PublishError } from '@atelier/eventing';
import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import { Problem, reusedKey } from './problem.ts';
import { problemOf } from './problem-of.ts';

const withCode = (code: string) => Object.assign(new Error('no'), { code });

describe('the problem of an error', () => {
  it('is the problem itself', () => {
    expect(problemOf(reusedKey()).body).toMatchObject({
      type: 'urn:atelier:problem:idempotency-key-reused',
      title: 'Idempotency key reused',
      status: 422,
    });
  });

  it('asks to come back when Kafka or Postgres is away', () => {
    const refused = new PublishError('no broker', 'refused', { retryable: true });
    const outages = [
      refused,
      withCode('ECONNREFUSED'),
      withCode('57P01'),
      new Error('Connection terminated'),
    ];
    for (const outage of outages) {
      expect(problemOf(outage)).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    }
  });

  it('says when a command may have been accepted', () => {
    const unknown = new PublishError('timed out', 'unknown', { retryable: true });
    expect(problemOf(unknown).message).toContain('same Idempotency-Key');
  });

  it('keeps the status of an HTTP exception', () => {
    expect(problemOf(new NotFoundException('Cannot GET /x')).body).toEqual({
      type: 'urn:atelier:problem:not-found',
      title: 'Not found',
      status: 404,
      detail: 'Cannot GET /x',
    });
  });

  it('tells nothing of what it does not know', () => {
    const problem = problemOf(new Error('password=secret'));
    expect(problem).toBeInstanceOf(Problem);
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem.body)).not.toContain('secret');
  });
});
