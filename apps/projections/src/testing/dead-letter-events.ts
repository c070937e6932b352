import { DeadLetterReported, RedriveFailed, RedriveRequested } from '@atelier/contracts';
import type { Placed } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';

export const began = Date.parse('2026-01-02T03:04:05.678Z');
let offset = 0n;

/** The event as the projection gets it: its number in its aggregate's history is its offset. */
export function placed<M extends Message>(message: M): Placed<M> {
  offset += 1n;
  const { deadLetterId, jobId } = message.data as { deadLetterId?: string; jobId?: string };
  const isJob = message.type.startsWith('RedriveJob');
  const topic = isJob ? 'redrive-jobs.events' : 'dead-letters.events';
  const metadata = {
    id: `event-${offset}`,
    time: began + Number(offset),
    subject: String(isJob ? jobId : deadLetterId),
    source: 'spec',
    correlationId: 'c',
    causationId: 'command',
    requestHash: 'hash',
    version: Number(offset),
  };
  return { ...message, metadata, position: { topic, partition: 0, offset } };
}

const failure = {
  group: 'inventory.reserve-stock',
  topic: 'orders.events',
  partition: 2,
  offset: 9_007_199_254_740_993n,
  key: 'a',
  messageType: 'OrderPlaced',
  messageId: 'message-1',
  handler: 'inventory.reserve-stock OrderPlaced',
  attempts: 1,
  redrives: 0,
  errorClass: 'RangeError',
  errorMessage: 'no room for 7',
  firstErrorClass: 'RangeError',
  firstErrorMessage: 'no room for 7',
  failedAt: BigInt(began),
  firstFailedAt: BigInt(began),
  service: 'inventory',
  version: '0.1.0',
  traceparent: null,
};
export const who = { operator: 'ada', reason: 'fixed' };
const { topic, partition, key, failedAt } = failure;
export const { group } = failure;
export const origin = { group, topic, partition, offset: failure.offset, key, failedAt };

export const reported = (deadLetterId: string, facts = {}) =>
  placed(DeadLetterReported({ ...failure, deadLetterId, ...facts }));
export const requested = (deadLetterId: string, jobId: string | null = null, redrive = 1) => {
  const { key: _, ...place } = origin;
  const asked = { force: false, value: Buffer.from('edited'), difference: '[]', jobId, canary: false };
  return placed(RedriveRequested({ deadLetterId, redrive, ...who, ...asked, ...place }));
};
export const failedAgain = (deadLetterId: string, jobId: string | null = null, parked = false) =>
  placed(
    RedriveFailed({
      ...failure,
      deadLetterId,
      redrives: 1,
      attempts: 2,
      errorMessage: 'no order 7',
      redrive: 1,
      jobId,
      canary: false,
      parked,
    }),
  );
