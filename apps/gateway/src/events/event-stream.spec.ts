import { describe, expect, it } from '@jest/globals';
import type { CommittedEvent } from './committed-event.ts';
import { EventStream } from './event-stream.ts';
import { LogVector } from './log-vector.ts';
import type { MissedEvents } from './missed-events.ts';

const beginning = () => LogVector.parse(Array.from({ length: 12 }, () => '0').join('.'));
const event = (version: number, was?: CommittedEvent['was']) =>
  ({
    ...{ id: `event-${version}`, type: 'OrderSubmitted', time: '2026-11-30T12:00:00.000Z', subject: 'order' },
    ...{ version, topic: 'orders.events', partition: 0, offset: BigInt(version), data: {}, was },
  }) as unknown as CommittedEvent;

/** What a reader gets of these events, which it has missed. */
async function streamed(events: readonly CommittedEvent[]): Promise<Record<string, unknown>[]> {
  const missed = {
    since: async function* () {
      yield events;
    },
  } as unknown as MissedEvents;
  const recent = { position: beginning };
  const stream = new EventStream(
    ...([recent, missed, { end: async () => 99n }] as unknown as ConstructorParameters<typeof EventStream>),
  );
  const chunks = await stream.open(beginning(), new AbortController().signal);
  await chunks.next();
  const { value } = await chunks.next();
  await chunks.return(undefined);
  return [...String(value).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));
}

describe('an event of the stream', () => {
  it('says what it was when it was written, where that was another type', async () => {
    const was = {
      type: 'OrderPlaced',
      schemaVersion: 3,
      data: { email: 'ada@example.com' },
      part: 0,
      parts: 1,
    };
    const [former, newest] = await streamed([event(1, was), event(2)]);
    expect(former).toMatchObject({
      type: 'OrderSubmitted',
      was: { type: 'OrderPlaced', schemaVersion: 3, data: { email: 'ada@example.com' } },
    });
    expect(former?.['was']).not.toHaveProperty('parts');
    expect(newest).not.toHaveProperty('was');
  });
});
