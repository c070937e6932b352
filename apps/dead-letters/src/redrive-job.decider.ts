import {
  AdvanceIgnored,
  CanaryIgnored,
  RedriveJobAdvanced,
  RedriveJobCancellationRefused,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobsCommands,
  RedriveJobsEvents,
  RedriveJobStarted,
  RedriveJobStartRefused,
} from '@atelier/contracts';
import { decider } from '@atelier/eventing/domain';
import { isOpen, MOST_A_SECOND, type RedriveJob, type RunningJob, type Terms } from './redrive-job.ts';

/** A job redrives one dead letter as a canary and, once that is handled, the others in portions at a rate. */
export const redriveJob = decider<RedriveJob>()({
  group: 'redrive-jobs.decider',
  version: 1,
  commands: RedriveJobsCommands,
  events: RedriveJobsEvents,
  initial: { status: 'unknown' },

  decide: {
    StartRedriveJob({ data }, state) {
      const refuse = (refusal: string) => RedriveJobStartRefused({ jobId: data.jobId, refusal });
      if (state.status !== 'unknown') return refuse('exists');
      if (data.deadLetterIds.length === 0) return refuse('empty');
      if (data.rate < 1 || data.rate > MOST_A_SECOND) return refuse('invalid-rate');
      return RedriveJobStarted(data);
    },

    RecordCanary({ data: { jobId, deadLetterId, outcome } }, state) {
      if (state.status !== 'canary' || deadLetterId !== state.canary)
        return CanaryIgnored({ jobId, deadLetterId });
      if (outcome !== 'handled') return RedriveJobHalted({ jobId, deadLetterId, outcome });
      return state.left.length === 0 ? RedriveJobFinished({ jobId }) : advanced(jobId, 1, state);
    },

    AdvanceRedriveJob({ data: { jobId, step } }, state) {
      if (state.status !== 'running' || step !== state.step + 1) return AdvanceIgnored({ jobId, step });
      return advanced(jobId, step, state);
    },

    CancelRedriveJob({ data }, state) {
      if (isOpen(state)) return RedriveJobCancelled({ ...data, left: state.left.length });
      return RedriveJobCancellationRefused({ ...data, refusal: state.status });
    },
  },

  evolve: {
    RedriveJobStarted: (_, { data: { deadLetterIds, rate, operator, reason, force } }) => {
      const [canary = '', ...left] = deadLetterIds;
      return { status: 'canary', canary, left, rate, operator, reason, force };
    },
    RedriveJobAdvanced: (state, { data: { step, deadLetterIds } }) =>
      withoutPortion(state, step, deadLetterIds),
    RedriveJobHalted: () => ({ status: 'over' }),
    RedriveJobCancelled: () => ({ status: 'over' }),
    RedriveJobFinished: () => ({ status: 'over' }),
    RedriveJobStartRefused: (state) => state,
    RedriveJobCancellationRefused: (state) => state,
    CanaryIgnored: (state) => state,
    AdvanceIgnored: (state) => state,
  },

  refuseReusedKey({ type, data }) {
    const { jobId } = data;
    const refusal = 'idempotency-key-reused';
    switch (type) {
      case 'StartRedriveJob':
        return RedriveJobStartRefused({ jobId, refusal });
      case 'CancelRedriveJob':
        return RedriveJobCancellationRefused({ ...data, refusal });
      case 'RecordCanary':
        return CanaryIgnored({ jobId, deadLetterId: data.deadLetterId });
      case 'AdvanceRedriveJob':
        return AdvanceIgnored({ jobId, step: data.step });
    }
  },
});

/** The next portion; the last one finishes the job. */
function advanced(jobId: string, step: number, { left, rate, operator, reason, force }: Terms) {
  const deadLetterIds = left.slice(0, rate);
  const last = deadLetterIds.length === left.length;
  const portion = RedriveJobAdvanced({ jobId, step, deadLetterIds, operator, reason, force, last });
  return last ? [portion, RedriveJobFinished({ jobId })] : [portion];
}

function withoutPortion(state: RedriveJob, step: number, portion: readonly string[]): RunningJob {
  if (!isOpen(state)) throw new Error(`The log advances a redrive job that is ${state.status}`);
  const { left, rate, operator, reason, force } = state;
  return { status: 'running', step, left: left.slice(portion.length), rate, operator, reason, force };
}
