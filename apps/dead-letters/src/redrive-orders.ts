import {
  DeadLetterDiscarded,
  RecordRedriveNotSent,
  RecordRedriveSent,
  RedriveRequested,
} from '@atelier/contracts';
import type { RedriveOrder, RedriveOrders } from '@atelier/eventing';
import type { MessageOf, Received } from '@atelier/eventing/domain';

const ordering = [RedriveRequested, DeadLetterDiscarded] as const;
type Ordering = Received<MessageOf<(typeof ordering)[number]>>;

/** What the redriver has to do for an event: give the dead letter back, or let go what is parked behind it. */
export const redriveOrders: RedriveOrders = {
  types: ordering.map(({ type }) => type),
  order: (event) => orderOf(event as Ordering),
};

function orderOf(event: Ordering): RedriveOrder {
  switch (event.type) {
    case 'RedriveRequested':
      return redrive(event);
    case 'DeadLetterDiscarded':
      return release(event);
  }
}

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
