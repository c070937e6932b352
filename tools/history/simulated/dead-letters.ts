import {
  AdvanceRedriveJob,
  CancelRedriveJob,
  DiscardDeadLetter,
  RecordCanary,
  RecordRedriveHandled,
  RecordRedriveNotSent,
  RecordRedriveSent,
  REDRIVE_DAYS,
  REDRIVE_LIMIT,
  ReportDeadLetter,
  RequestRedrive,
  RestoreDeadLetter,
  StartRedriveJob,
} from '@atelier/contracts';
import { delayTopic, type Message } from '@atelier/eventing/domain';
import { failureId } from '@atelier/eventing/failures';
import { deadLetter } from '../../../apps/dead-letters/src/dead-letter.decider.ts';
import { FollowCanaryPolicy } from '../../../apps/dead-letters/src/follow-canary.policy.ts';
import { redriveJob } from '../../../apps/dead-letters/src/redrive-job.decider.ts';
import { MOST_A_SECOND } from '../../../apps/dead-letters/src/redrive-job.ts';
import {
  BETWEEN_PORTIONS_MS,
  RunRedriveJobPolicy,
} from '../../../apps/dead-letters/src/run-redrive-job.policy.ts';
import { Random } from '../../random.ts';
import { type Played, SimulatedPlatform } from './platform.ts';

const GROUP = 'notifications.order-mail';
const SOURCE = 'orders.events';
const DAY_MS = 24 * 60 * 60 * 1_000;
const who = { operator: 'olga', reason: 'the mail server is back' };

/** What services, operators and jobs say of dead letters. */
export async function playDeadLetters(seed: number): Promise<Played> {
  const platform = new SimulatedPlatform(seed);
  const play = new DeadLetters(platform, new Random(seed));
  await platform.start(deadLetter, redriveJob, new RunRedriveJobPolicy(), new FollowCanaryPolicy(), {
    ...{ group: 'dead-letters.delay', kind: 'delay', topics: [delayTopic('redrive-jobs.commands')] },
    delays: { 'redrive-jobs.commands': BETWEEN_PORTIONS_MS },
  });
  await platform.scenario(() => play.letters());
  await platform.scenario(() => play.usedUpLetter());
  await platform.scenario(() => play.oldLetter());
  await platform.scenario(() => play.jobs());
  await platform.scenario(() => play.refusedJobs());
  await platform.scenario(() => play.reusedIds());
  await platform.stop();
  return { platform, deciders: [deadLetter, redriveJob] };
}

class DeadLetters {
  private readonly platform: SimulatedPlatform;
  private readonly random: Random;
  private reported = 0;

  constructor(platform: SimulatedPlatform, random: Random) {
    this.platform = platform;
    this.random = random;
  }

  /** Of a letter's life, and of what comes twice, too late or about another redrive. */
  async letters(): Promise<void> {
    const letter = this.letter();
    await this.platform.tellAll(
      letter.request(),
      letter.discard,
      letter.restore,
      letter.report(0),
      letter.report(0),
      letter.discard,
      letter.discard,
      letter.restore,
      letter.restore,
      letter.handled(0),
      letter.request(),
      letter.request(),
      letter.discard,
      letter.sent(2),
      letter.sent(1),
      letter.report(0),
      letter.handled(2),
      letter.handled(1),
      letter.handled(1),
      letter.report(1),
      letter.handled(1),
      letter.request(),
    );
  }

  async usedUpLetter(): Promise<void> {
    const letter = this.letter();
    await this.platform.tellAll(letter.report(0));
    for (let redrive = 1; redrive <= REDRIVE_LIMIT; redrive++)
      await this.platform.tellAll(letter.request(), letter.report(redrive));
    const [next, again] = [REDRIVE_LIMIT + 1, letter.request(true)];
    await this.platform.tellAll(letter.request(), again, letter.notSent(1), letter.notSent(next), again);
    await this.platform.tellAll(letter.sent(next), letter.notSent(next), letter.report(next));
  }

  async oldLetter(): Promise<void> {
    const letter = this.letter(REDRIVE_DAYS * DAY_MS + 1);
    await this.platform.tellAll(letter.report(0), letter.request(), letter.edited, letter.notSent(1));
  }

  /** Jobs that go all the way, that halt, and that are cancelled. */
  async jobs(): Promise<void> {
    await this.job(1, 2, (canary) => [canary.sent(1), canary.handled(1)]);
    await this.job(4, 2, (canary) => [canary.sent(1), canary.handled(1)]);
    await this.job(2, 1, (canary) => [canary.sent(1), canary.report(1)]);
    await this.job(2, 1, (canary) => [canary.notSent(1)]);
    const cancelled = await this.job(2, MOST_A_SECOND, () => []);
    await this.platform.tellAll(
      cancelled.canary('failed', 'another'),
      cancelled.cancel,
      cancelled.cancel,
      cancelled.start,
    );
    const running = await this.job(3, 1, () => []);
    await this.platform.tell(running.canary('handled'));
    await this.platform.pass(100);
    await this.platform.tellAll(running.advance(1), running.canary('handled'), running.cancel);
  }

  async refusedJobs(): Promise<void> {
    const [one, two] = [this.letter(), this.letter()];
    for (const rate of [0, MOST_A_SECOND + 1]) await this.platform.tellAll(jobOf([one], rate).start);
    const job = jobOf([], 1);
    await this.platform.tellAll(job.start, job.cancel, job.advance(1), jobOf([two], 1).canary('handled'));
  }

  async reusedIds(): Promise<void> {
    const letter = this.letter();
    const { report, request, sent, notSent, handled, discard, restore } = letter;
    for (const each of [report(0), request(), sent(1), notSent(1), handled(1), discard, restore])
      await this.platform.tellAgain(each);
    const job = jobOf([letter, this.letter()], 1);
    for (const each of [job.start, job.canary('refused'), job.advance(1), job.cancel])
      await this.platform.tellAgain(each);
  }

  /** A job of so many letters; `ends`: what becomes of its canary. */
  private async job(
    letters: number,
    rate: number,
    ends: (canary: Letter) => readonly Message[],
  ): Promise<Job> {
    const all = Array.from({ length: letters }, () => this.letter());
    const [canary] = all as [Letter];
    const job = jobOf(all, rate);
    await this.platform.tellAll(canary.report(0), job.start);
    await this.platform.tellAll(...ends(canary));
    return job;
  }

  private letter(age = 0): Letter {
    const place = { topic: SOURCE, partition: this.random.between(0, 5), offset: BigInt(++this.reported) };
    return letterAt(place, this.platform.now - age);
  }
}

type Letter = ReturnType<typeof letterAt>;
type Job = ReturnType<typeof jobOf>;

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** What may be said of one letter. */
function letterAt(place: Place, failedAt: number) {
  const deadLetterId = failureId(GROUP, place);
  const about = { deadLetterId, ...who };
  const one = { ...about, value: null, difference: null, jobId: null, canary: false };
  return {
    deadLetterId,
    report: (redrives: number) => ReportDeadLetter(reportOf(deadLetterId, place, redrives, failedAt)),
    request: (force = false) => RequestRedrive({ ...one, force }),
    edited: RequestRedrive({ ...one, force: true, value: Buffer.from('edited'), difference: '{}' }),
    sent: (redrive: number) => RecordRedriveSent({ deadLetterId, redrive }),
    notSent: (redrive: number) => RecordRedriveNotSent({ deadLetterId, redrive, refusal: 'record-missing' }),
    handled: (redrive: number) => RecordRedriveHandled({ deadLetterId, redrive }),
    discard: DiscardDeadLetter(about),
    restore: RestoreDeadLetter(about),
  };
}

function reportOf(deadLetterId: string, place: Place, redrives: number, failedAt: number) {
  const error = { errorClass: 'SmtpRefused', errorMessage: `550 no such mailbox, ${redrives}` };
  const first = { firstErrorClass: 'SmtpRefused', firstErrorMessage: '550 no such mailbox' };
  const times = { failedAt: BigInt(failedAt + redrives), firstFailedAt: BigInt(failedAt) };
  const message = {
    key: `order-${place.offset}`,
    messageType: 'OrderConfirmed',
    messageId: `event-${place.offset}`,
  };
  const by = { group: GROUP, handler: `${GROUP} OrderConfirmed`, service: 'notifications', version: '1.0.0' };
  return {
    ...{ deadLetterId, ...place, ...message, ...by, ...error, ...first, ...times },
    ...{ attempts: 4 + redrives, redrives, traceparent: null },
  };
}

/** What may be said of one job. */
function jobOf(letters: readonly Letter[], rate: number) {
  const deadLetterIds = letters.map(({ deadLetterId }) => deadLetterId);
  const [canary = 'none'] = deadLetterIds;
  const jobId = `job-of-${canary}-${deadLetterIds.length}-${rate}`;
  return {
    start: StartRedriveJob({ jobId, group: GROUP, ...who, rate, force: false, deadLetterIds }),
    canary: (outcome: string, deadLetterId = canary) => RecordCanary({ jobId, deadLetterId, outcome }),
    advance: (step: number) => AdvanceRedriveJob({ jobId, step }),
    cancel: CancelRedriveJob({ jobId, ...who }),
  };
}
