import { AdvanceRedriveJob, RedriveJobAdvanced, RedriveJobStarted, RequestRedrive } from '@atelier/contracts';
import { after } from '@atelier/eventing/domain';
import { describe, expect, it } from '@jest/globals';
import { RunRedriveJobPolicy } from './run-redrive-job.policy.ts';

const policy = new RunRedriveJobPolicy();
const job = { jobId: 'job-1', operator: 'grace', reason: 'the outage is over', force: true };
const request = (deadLetterId: string, canary: boolean) =>
  RequestRedrive({ deadLetterId, ...job, value: null, difference: null, canary });
const advanced = (last: boolean) => RedriveJobAdvanced({ ...job, step: 4, deadLetterIds: ['b', 'c'], last });

describe('running a redrive job', () => {
  it('redrives its first dead letter as a canary, and no other', () => {
    const terms = { ...job, group: 'notifications.order-mail', rate: 2, deadLetterIds: ['a', 'b', 'c'] };
    expect(policy.test(RedriveJobStarted(terms))).toEqual([request('a', true)]);
  });

  it('redrives each of a portion, and goes on one second later', () => {
    const next = after(1_000, AdvanceRedriveJob({ jobId: 'job-1', step: 5 }));
    expect(policy.goOn(advanced(false))).toEqual([request('b', false), request('c', false), next]);
  });

  it('ends with the last portion', () => {
    expect(policy.goOn(advanced(true))).toEqual([request('b', false), request('c', false)]);
  });
});
