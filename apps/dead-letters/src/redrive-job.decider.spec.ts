import {
  AdvanceIgnored,
  AdvanceRedriveJob,
  CanaryIgnored,
  CancelRedriveJob,
  RecordCanary,
  RedriveJobAdvanced,
  RedriveJobCancellationRefused,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStarted,
  RedriveJobStartRefused,
  StartRedriveJob,
} from '@atelier/contracts';
import type { Message } from '@atelier/eventing/domain';
import { expectSameFold, given, received } from '@atelier/eventing/testing';
import { describe, expect, it } from '@jest/globals';
import { redriveJob } from './redrive-job.decider.ts';

const jobId = '0b50b500-0000-4000-8000-000000000001';
const operator = { operator: 'grace', reason: 'the outage is over' };
const terms = { jobId, group: 'notifications.order-mail', ...operator, rate: 2, force: false };
const job = (...deadLetterIds: string[]) => ({ ...terms, deadLetterIds });

const start = StartRedriveJob(job('a', 'b', 'c', 'd'));
const recordCanary = (outcome: string, deadLetterId = 'a') => RecordCanary({ jobId, deadLetterId, outcome });
const advance = (step: number) => AdvanceRedriveJob({ jobId, step });
const cancel = CancelRedriveJob({ jobId, ...operator });

const portion = (step: number, last: boolean, ...deadLetterIds: string[]) =>
  RedriveJobAdvanced({ jobId, step, deadLetterIds, ...operator, force: false, last });
const finishing = RedriveJobFinished({ jobId });

const started = [RedriveJobStarted(start.data)];
const running = [...started, portion(1, false, 'b', 'c')];
const finished = [...running, portion(2, true, 'd'), finishing];
const halted = [...started, RedriveJobHalted({ jobId, deadLetterId: 'a', outcome: 'failed' })];
const cancelled = [...running, RedriveJobCancelled({ jobId, ...operator, left: 1 })];
const cancelledAtOnce = [...started, RedriveJobCancelled({ jobId, ...operator, left: 3 })];

const over: [string, Message[]][] = [
  ['finished', finished],
  ['halted', halted],
  ['cancelled', cancelled],
  ['cancelled at once', cancelledAtOnce],
];

describe('starting a redrive job', () => {
  it('begins with its canary', () => {
    expect(given(redriveJob, []).when(start)).toEqual([RedriveJobStarted(start.data)]);
  });

  it.each([1, 1_000])('takes a rate of %d', (rate) => {
    const [answer] = given(redriveJob, []).when(StartRedriveJob({ ...start.data, rate }));
    expect(answer).toEqual(RedriveJobStarted({ ...start.data, rate }));
  });

  it.each<[string, Message[], object]>([
    ['exists', started, {}],
    ['exists', running, {}],
    ['exists', finished, {}],
    ['empty', [], { deadLetterIds: [] }],
    ['invalid-rate', [], { rate: 0 }],
    ['invalid-rate', [], { rate: 1_001 }],
  ])('is refused: %s', (refusal, history, change) => {
    const answer = given(redriveJob, history).when(StartRedriveJob({ ...start.data, ...change }));
    expect(answer).toEqual([RedriveJobStartRefused({ jobId, refusal })]);
  });
});

describe('the canary of a job', () => {
  it('lets the others go ahead once it is handled', () => {
    expect(given(redriveJob, started).when(recordCanary('handled'))).toEqual([portion(1, false, 'b', 'c')]);
  });

  it('finishes the job with the others, when one portion takes them all', () => {
    const history = [RedriveJobStarted(job('a', 'b', 'c'))];
    const answer = given(redriveJob, history).when(recordCanary('handled'));
    expect(answer).toEqual([portion(1, true, 'b', 'c'), finishing]);
  });

  it('finishes a job of one', () => {
    const history = [RedriveJobStarted(job('a'))];
    expect(given(redriveJob, history).when(recordCanary('handled'))).toEqual([finishing]);
  });

  it.each(['failed', 'refused'])('halts the job when it is %s', (outcome) => {
    const answer = given(redriveJob, started).when(recordCanary(outcome));
    expect(answer).toEqual([RedriveJobHalted({ jobId, deadLetterId: 'a', outcome })]);
  });

  it.each<[string, Message[]]>([['unknown', []], ['running', running], ...over])(
    'is ignored when it comes late or again: %s',
    (_, history) => {
      const ignored = [CanaryIgnored({ jobId, deadLetterId: 'a' })];
      expect(given(redriveJob, history).when(recordCanary('handled'))).toEqual(ignored);
      expect(given(redriveJob, history).when(recordCanary('failed'))).toEqual(ignored);
    },
  );

  it('is the first dead letter only', () => {
    const ignored = CanaryIgnored({ jobId, deadLetterId: 'b' });
    expect(given(redriveJob, started).when(recordCanary('failed', 'b'))).toEqual([ignored]);
  });
});

describe('advancing a job', () => {
  it('goes on until nothing is left', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const first = [RedriveJobStarted(job(...ids)), portion(1, false, 'b', 'c')];
    const second = given(redriveJob, first).when(advance(2));
    expect(second).toEqual([portion(2, false, 'd', 'e')]);
    const third = given(redriveJob, [...first, ...second]).when(advance(3));
    expect(third).toEqual([portion(3, true, 'f'), finishing]);
  });

  it.each<[string, Message[], number]>([
    ['unknown', [], 1],
    ['before its canary is handled', started, 1],
    ['a portion that was there', running, 1],
    ['a portion too far', running, 3],
    ...over.map(([name, history]): [string, Message[], number] => [name, history, 2]),
    ['finished, after its last portion', finished, 3],
  ])('is ignored: %s', (_, history, step) => {
    expect(given(redriveJob, history).when(advance(step))).toEqual([AdvanceIgnored({ jobId, step })]);
  });
});

describe('cancelling a job', () => {
  it.each<[string, Message[], number]>([
    ['during its canary', started, 3],
    ['between its portions', running, 1],
  ])('leaves the rest as it is: %s', (_, history, left) => {
    const expected = RedriveJobCancelled({ jobId, ...operator, left });
    expect(given(redriveJob, history).when(cancel)).toEqual([expected]);
  });

  it.each<[string, string, Message[]]>([
    ['unknown', 'not started', []],
    ...over.map(([name, history]): [string, string, Message[]] => ['over', name, history]),
  ])('is refused: %s (%s)', (refusal, _, history) => {
    const expected = RedriveJobCancellationRefused({ jobId, ...operator, refusal });
    expect(given(redriveJob, history).when(cancel)).toEqual([expected]);
  });
});

describe('a log that begins in the middle', () => {
  it('is broken', () => {
    expect(() => given(redriveJob, [portion(1, false, 'b')]).state()).toThrow(
      'a redrive job that is unknown',
    );
  });
});

describe('a key that was used for another request', () => {
  const refusal = 'idempotency-key-reused';

  it.each([
    [start, RedriveJobStartRefused({ jobId, refusal })],
    [cancel, RedriveJobCancellationRefused({ jobId, ...operator, refusal })],
    [recordCanary('handled'), CanaryIgnored({ jobId, deadLetterId: 'a' })],
    [advance(2), AdvanceIgnored({ jobId, step: 2 })],
  ])('is refused: %#', (command, answer) => {
    expect(redriveJob.refuseReusedKey?.(received(command), { status: 'over' })).toEqual(answer);
  });
});

describe('the fold', () => {
  it('is the one that this version had (state on disk would keep the old meaning)', () => {
    const noted = [
      RedriveJobStartRefused({ jobId, refusal: 'exists' }),
      RedriveJobCancellationRefused({ jobId, ...operator, refusal: 'over' }),
      CanaryIgnored({ jobId, deadLetterId: 'a' }),
      AdvanceIgnored({ jobId, step: 1 }),
    ];
    expectSameFold(redriveJob, [finished, halted, cancelled, [...running, ...noted]], {
      version: 1,
      fingerprint: 'ec6005942c14.3d77b6db22df',
    });
  });
});
