import {
  RecordCanary,
  RedriveFailed,
  RedriveHandled,
  RedriveNotSent,
  RedriveRefused,
} from '@atelier/contracts';
import { Policy, Whenever } from '@atelier/eventing';

/** Whenever the redrive of a canary ends, its job is told how. */
// Nobody could redrive what parks its keys: those who keep the dead letters do not report their own.
@Policy({ group: 'dead-letters.follow-canary', ordering: 'none' })
export class FollowCanaryPolicy {
  @Whenever(RedriveHandled)
  handled({ data }: RedriveHandled) {
    return recordOutcome(data, 'handled');
  }

  @Whenever(RedriveFailed)
  failed({ data }: RedriveFailed) {
    return recordOutcome(data, 'failed');
  }

  @Whenever(RedriveRefused)
  @Whenever(RedriveNotSent)
  refused({ data }: RedriveRefused | RedriveNotSent) {
    return recordOutcome(data, 'refused');
  }
}

interface Redrive {
  readonly deadLetterId: string;
  readonly jobId: string | null;
  readonly canary: boolean;
}

const recordOutcome = (
  { deadLetterId, jobId, canary }: Redrive,
  outcome: 'handled' | 'failed' | 'refused',
) => (jobId !== null && canary ? [RecordCanary({ jobId, deadLetterId, outcome })] : []);
