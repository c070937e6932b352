import {
  DeadLetterDiscarded,
  RecordRedriveNotSent,
  RecordRedriveSent,
  RedriveRequested,
} from '@atelier/contracts';
import type { RedriveOrder, RedriveOrders } from '@atelier/eventing';
import type { Received } from '@atelier/eventing/domain';

/** What the redriver has to do for an event: give the dead letter back, or let go what is parked behind it. */
export const redriveOrders: RedriveOrders = {
  types: [RedriveRequested.type, DeadLetterDiscarded.type],
  order: (event) =>
    event.type === RedriveRequested.type
      ? redrive(event as Received<RedriveRequested>)
      : release(event as Received<DeadLetterDiscarded>),
};

function redrive({ data }: Received<RedriveRequested>): RedriveOrder {
  const { deadLetterId, group, topic, partition, redrive: number, failedAt, value } = data;
  return {
    kind: 'redrive',
    letter: { deadLetterId, group, topic, partition, redrives: number - 1, failedAt: Number(failedAt) },
    value,
    sent: RecordRedriveSent({ deadLetterId, redrive: number }),
    notSent: (refusal) => RecordRedriveNotSent({ deadLetterId, redrive: number, refusal }),
  };
}

function release({ data }: Received<DeadLetterDiscarded>): RedriveOrder {
  const { deadLetterId, group, topic, partition, key } = data;
  return { kind: 'release', released: { deadLetterId, group, topic, partition, key } };
}
