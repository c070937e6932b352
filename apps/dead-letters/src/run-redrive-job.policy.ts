import { AdvanceRedriveJob, RedriveJobAdvanced, RedriveJobStarted, RequestRedrive } from '@atelier/contracts';
import { Policy, Whenever } from '@atelier/eventing';
import { after } from '@atelier/eventing/domain';

/** A job's rate is in dead letters a second, and a portion is as large as the rate. */
export const BETWEEN_PORTIONS_MS = 1_000;

/** Whenever a job goes on, its next dead letters are redriven, and the portion after them follows a second later. */
// Nobody could redrive what parks its keys: those who keep the dead letters do not report their own.
@Policy({ group: 'redrive-jobs.run', ordering: 'none' })
export class RunRedriveJobPolicy {
  @Whenever(RedriveJobStarted)
  test({ data }: RedriveJobStarted) {
    return data.deadLetterIds.slice(0, 1).map((id) => request(id, data, true));
  }

  @Whenever(RedriveJobAdvanced)
  goOn({ data }: RedriveJobAdvanced) {
    const { jobId, step, deadLetterIds, last } = data;
    const requests = deadLetterIds.map((id) => request(id, data, false));
    if (last) return requests;
    return [...requests, after(BETWEEN_PORTIONS_MS, AdvanceRedriveJob({ jobId, step: step + 1 }))];
  }
}

interface Job {
  readonly jobId: string;
  readonly operator: string;
  readonly reason: string;
  readonly force: boolean;
}

const request = (deadLetterId: string, { jobId, operator, reason, force }: Job, canary: boolean) =>
  RequestRedrive({
    deadLetterId,
    operator,
    reason,
    force,
    value: null,
    difference: null,
    jobId,
    canary,
  });
