import {
  RecordCanary,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
} from '@atelier/contracts';
import { describe, expect, it } from '@jest/globals';
import { FollowCanaryPolicy } from './follow-canary.policy.ts';

const policy = new FollowCanaryPolicy();
const deadLetterId = 'a';
const failure = {
  deadLetterId,
  group: 'notifications.order-mail',
  topic: 'orders.events',
  partition: 0,
  offset: 7n,
  key: null,
  messageType: null,
  messageId: null,
  handler: 'notifications.order-mail OrderPlaced',
  attempts: 4,
  redrives: 1,
  errorClass: 'Error',
  errorMessage: 'no such mailbox',
  firstErrorClass: 'Error',
  firstErrorMessage: 'no such mailbox',
  failedAt: 0n,
  firstFailedAt: 0n,
  service: 'notifications',
  version: '0.1.0',
  traceparent: null,
};

interface Job {
  readonly jobId: string | null;
  readonly canary: boolean;
}

const reactions: [string, (job: Job) => unknown][] = [
  ['handled', (job) => policy.handled(RedriveHandled({ deadLetterId, redrive: 1, ...job }))],
  ['failed', (job) => policy.failed(RedriveFailed({ ...failure, redrive: 1, ...job, parked: false }))],
  [
    'refused',
    (job) =>
      policy.refused(
        RedriveNotSent({ deadLetterId, redrive: 1, refusal: 'record-missing', ...job, parked: false }),
      ),
  ],
  [
    'refused',
    (job) =>
      policy.refused(
        RedriveRefused({ deadLetterId, operator: 'grace', reason: 'again', refusal: 'limit', ...job }),
      ),
  ],
];

describe.each(reactions)('a redrive that was %s', (outcome, reaction) => {
  it('is told to the job whose canary it is', () => {
    const command = RecordCanary({ jobId: 'job-1', deadLetterId, outcome });
    expect(reaction({ jobId: 'job-1', canary: true })).toEqual([command]);
  });

  it.each<[string, Job]>([
    ['one of the others of a job', { jobId: 'job-1', canary: false }],
    ['on its own', { jobId: null, canary: false }],
  ])('is told to nobody: %s', (_, job) => {
    expect(reaction(job)).toEqual([]);
  });
});
