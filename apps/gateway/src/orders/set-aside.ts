import { Injectable } from '@nestjs/common';
import { Problem } from '../problem/problem.ts';
import { orderPipeline } from '../read-model/barrier.ts';
import { Database } from '../read-model/database.ts';

/** Orders that cannot be shown, because a command or an event of theirs became a dead letter. */
@Injectable()
export class SetAside {
  constructor(private readonly database: Database) {}

  /** Throws when the order's command was set aside, or the event that its row begins with. Ask when there is no row. */
  async refuse(orderId: string): Promise<void> {
    const letter = await this.database
      .selectFrom('read_model.dead_letters')
      .select(['dead_letter_id', 'group'])
      .where('group', 'in', [orderPipeline.decider, orderPipeline.projection])
      .where('key', '=', orderId)
      .where('status', '!=', 'handled')
      // Nobody waits for such a command: it is as if there had been none. An event stays what happened.
      .where(({ and, not }) => not(and({ group: orderPipeline.decider, status: 'discarded' })))
      .orderBy('first_failed_at')
      .limit(1)
      .executeTakeFirst();
    if (letter) throw setAside(orderId, letter.dead_letter_id, letter.group === orderPipeline.decider);
  }
}

function setAside(orderId: string, deadLetterId: string, isCommand: boolean): Problem {
  const what = isCommand ? 'command' : 'event';
  const detail = `Order ${orderId} cannot be shown: its ${what} could not be handled, and was set aside as dead letter ${deadLetterId}. Only an operator can redrive it`;
  return new Problem(500, `${what}-set-aside`, detail, { extensions: { deadLetterId } });
}
