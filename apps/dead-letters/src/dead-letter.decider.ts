import {
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  DeadLettersCommands,
  DeadLettersEvents,
  DiscardRefused,
  RecordingIgnored,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  ReportIgnored,
  type RequestRedrive,
  RestoreRefused,
} from '@atelier/contracts';
import { decider } from '@atelier/eventing/domain';
import {
  canBeHandled,
  canFail,
  type DeadLetter,
  failureOf,
  isTooOld,
  isUnderWay,
  isUsedUp,
  type KnownDeadLetter,
} from './dead-letter.ts';

/** A dead letter waits until it is redriven and handled, or discarded. A redrive that was sent is not yet handled. */
export const deadLetter = decider<DeadLetter>()({
  group: 'dead-letters.decider',
  version: 1,
  commands: DeadLettersCommands,
  events: DeadLettersEvents,
  initial: { status: 'unknown' },

  decide: {
    ReportDeadLetter({ data }, state) {
      const { deadLetterId, redrives } = data;
      if (state.status === 'unknown') return DeadLetterReported(data);
      // It may come before it was recorded that the redrive was sent.
      if (!canFail(state) || redrives !== state.redrive) return ReportIgnored({ deadLetterId, redrives });
      return RedriveFailed({ ...data, ...redriveOf(state), parked: isUsedUp(redrives) });
    },

    RequestRedrive({ data, metadata }, state) {
      if (state.status !== 'waiting') return refused(data, whyNotWaiting(state));
      if (!data.force && isUsedUp(state.redrive)) return refused(data, 'limit');
      if (!data.force && isTooOld(state, metadata.time)) return refused(data, 'too-old');
      const { group, topic, partition, offset, failedAt } = state;
      const redrive = state.redrive + 1;
      return RedriveRequested({ ...data, redrive, group, topic, partition, offset, failedAt });
    },

    RecordRedriveSent({ data: { deadLetterId, redrive } }, state) {
      if (state.status === 'requested' && redrive === state.redrive)
        return RedriveSent({ deadLetterId, redrive, jobId: state.jobId });
      return RecordingIgnored({ deadLetterId, redrive, recording: 'sent' });
    },

    RecordRedriveNotSent({ data: { deadLetterId, redrive, refusal } }, state) {
      if (state.status === 'requested' && redrive === state.redrive)
        return RedriveNotSent({ deadLetterId, ...redriveOf(state), refusal, parked: isUsedUp(redrive - 1) });
      return RecordingIgnored({ deadLetterId, redrive, recording: 'not-sent' });
    },

    RecordRedriveHandled({ data: { deadLetterId, redrive } }, state) {
      if (canBeHandled(state) && redrive === state.redrive)
        return RedriveHandled({ deadLetterId, ...redriveOf(state) });
      return RecordingIgnored({ deadLetterId, redrive, recording: 'handled' });
    },

    DiscardDeadLetter({ data }, state) {
      if (state.status !== 'waiting') return DiscardRefused({ ...data, refusal: whyNotWaiting(state) });
      return DeadLetterDiscarded({ ...data, ...failureOf(state) });
    },

    RestoreDeadLetter({ data }, state) {
      if (state.status === 'discarded') return DeadLetterRestored(data);
      const refusal = state.status === 'unknown' ? 'unknown' : 'not-discarded';
      return RestoreRefused({ ...data, refusal });
    },
  },

  evolve: {
    DeadLetterReported: (_, { data }) => ({
      ...failureOf(data),
      status: 'waiting',
      redrive: data.redrives,
      jobId: null,
      canary: false,
    }),
    RedriveRequested: (state, { data: { redrive, jobId, canary } }) => ({
      ...known(state),
      status: 'requested',
      redrive,
      jobId,
      canary,
    }),
    // It counts as none: the dead letter is what it was.
    RedriveNotSent: (state, { data }) => ({
      ...known(state),
      status: 'waiting',
      redrive: data.redrive - 1,
      jobId: null,
      canary: false,
    }),
    RedriveSent: (state) => ({ ...known(state), status: 'sent' }),
    RedriveHandled: (state) => ({ ...known(state), status: 'handled' }),
    RedriveFailed: (state, { data }) => ({ ...known(state), ...failureOf(data), status: 'waiting' }),
    DeadLetterDiscarded: (state) => ({ ...known(state), status: 'discarded' }),
    DeadLetterRestored: (state) => ({ ...known(state), status: 'waiting' }),
    RedriveRefused: (state) => state,
    DiscardRefused: (state) => state,
    RestoreRefused: (state) => state,
    ReportIgnored: (state) => state,
    RecordingIgnored: (state) => state,
  },

  refuseReusedKey({ type, data }) {
    const refusal = 'idempotency-key-reused';
    switch (type) {
      case 'RequestRedrive':
        return refused(data, refusal);
      case 'DiscardDeadLetter':
        return DiscardRefused({ ...data, refusal });
      case 'RestoreDeadLetter':
        return RestoreRefused({ ...data, refusal });
      case 'ReportDeadLetter':
        return ReportIgnored({ deadLetterId: data.deadLetterId, redrives: data.redrives });
      case 'RecordRedriveSent':
        return RecordingIgnored({ ...data, recording: 'sent' });
      case 'RecordRedriveNotSent':
        return RecordingIgnored({
          deadLetterId: data.deadLetterId,
          redrive: data.redrive,
          recording: 'not-sent',
        });
      case 'RecordRedriveHandled':
        return RecordingIgnored({ ...data, recording: 'handled' });
    }
  },
});

function refused(data: RequestRedrive['data'], refusal: string): RedriveRefused {
  const { deadLetterId, operator, reason, jobId, canary } = data;
  return RedriveRefused({ deadLetterId, operator, reason, refusal, jobId, canary });
}

const whyNotWaiting = (state: DeadLetter) => (isUnderWay(state) ? 'under-way' : state.status);

const redriveOf = ({ redrive, jobId, canary }: KnownDeadLetter) => ({ redrive, jobId, canary });

function known(state: DeadLetter): KnownDeadLetter {
  if (state.status === 'unknown')
    throw new Error('The log goes on with a dead letter that was never reported');
  return state;
}
