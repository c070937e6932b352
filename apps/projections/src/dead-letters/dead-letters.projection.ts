import {
  AdvanceIgnored,
  CanaryIgnored,
  DeadLetterDiscarded,
  DeadLetterReported,
  DeadLetterRestored,
  DiscardRefused,
  RecordingIgnored,
  RedriveFailed,
  RedriveHandled,
  RedriveJobAdvanced,
  RedriveJobCancellationRefused,
  RedriveJobCancelled,
  RedriveJobFinished,
  RedriveJobHalted,
  RedriveJobStarted,
  RedriveJobStartRefused,
  RedriveNotSent,
  RedriveRefused,
  RedriveRequested,
  RedriveSent,
  ReportIgnored,
  RestoreRefused,
  projections,
} from '@atelier/contracts';
import { type Placed, Project, Projection } from '@atelier/eventing';
import type { Rows } from '../rows.ts';
import {
  discard,
  failAgain,
  insertDeadLetters,
  moveRedrives,
  putBack,
  requestRedrives,
  restore,
} from './dead-letter.rows.ts';
import { recordHistory } from './history.rows.ts';
import { advanceJobs, endJobs, insertJobs, recordOutcomes } from './redrive-job.rows.ts';

/** The state of each dead letter and of each redrive job, and the history of both. */
// Nobody could redrive what parks its keys: those who keep the dead letters do not report their own.
@Projection({ ...projections.deadLetters, ordering: 'none' })
export class DeadLettersProjection {
  @Project(DeadLetterReported)
  async reported(events: readonly Placed<DeadLetterReported>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await insertDeadLetters(events, rows);
  }

  @Project(RedriveRequested)
  async requested(events: readonly Placed<RedriveRequested>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await requestRedrives(events, rows);
    await recordOutcomes(events, 'requested', rows);
  }

  @Project(RedriveRefused)
  async refused(events: readonly Placed<RedriveRefused>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await recordOutcomes(events, 'refused', rows);
  }

  @Project(RedriveSent)
  async sent(events: readonly Placed<RedriveSent>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await moveRedrives(events, 'sent', rows);
    await recordOutcomes(events, 'sent', rows);
  }

  @Project(RedriveNotSent)
  async notSent(events: readonly Placed<RedriveNotSent>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await putBack(events, rows);
    await recordOutcomes(events, 'refused', rows);
  }

  @Project(RedriveHandled)
  async handled(events: readonly Placed<RedriveHandled>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await moveRedrives(events, 'handled', rows);
    await recordOutcomes(events, 'handled', rows);
  }

  @Project(RedriveFailed)
  async failed(events: readonly Placed<RedriveFailed>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await failAgain(events, rows);
    await recordOutcomes(events, 'failed', rows);
  }

  @Project(DeadLetterDiscarded)
  async discarded(events: readonly Placed<DeadLetterDiscarded>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await discard(events, rows);
  }

  @Project(DeadLetterRestored)
  async restored(events: readonly Placed<DeadLetterRestored>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await restore(events, rows);
  }

  @Project(RedriveJobStarted)
  async started(events: readonly Placed<RedriveJobStarted>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await insertJobs(events, rows);
  }

  @Project(RedriveJobAdvanced)
  async advanced(events: readonly Placed<RedriveJobAdvanced>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await advanceJobs(events, rows);
  }

  @Project(RedriveJobFinished)
  async finished(events: readonly Placed<RedriveJobFinished>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await endJobs(events, 'finished', rows);
  }

  @Project(RedriveJobHalted)
  async halted(events: readonly Placed<RedriveJobHalted>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await endJobs(events, 'halted', rows);
  }

  @Project(RedriveJobCancelled)
  async cancelled(events: readonly Placed<RedriveJobCancelled>[], rows: Rows): Promise<void> {
    await recordHistory(events, rows);
    await endJobs(events, 'cancelled', rows);
  }

  /** These change nothing: the history alone has them. */
  @Project(ReportIgnored)
  @Project(RecordingIgnored)
  @Project(DiscardRefused)
  @Project(RestoreRefused)
  @Project(RedriveJobStartRefused)
  @Project(RedriveJobCancellationRefused)
  @Project(AdvanceIgnored)
  @Project(CanaryIgnored)
  noted(events: readonly Placed[], rows: Rows): Promise<void> {
    return recordHistory(events, rows);
  }
}
