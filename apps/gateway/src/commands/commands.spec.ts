import { PlaceOrder } from '@atelier/contracts';
import type { CommandPublisher } from '@atelier/eventing';
import { describe, expect, it } from '@jest/globals';
import type { CommittedEvent } from '../events/committed-event.ts';
import type { Answers } from './answers.ts';
import { Commands } from './commands.ts';

const request = { commandId: 'c', requestHash: 'h', traceparent: undefined, wrote: () => undefined };
const timeout = { ms: 1, gone: new AbortController().signal };
const answered = (type: string) => {
  const event = { type, requestHash: 'h', data: {} } as CommittedEvent;
  return new Commands(
    {} as CommandPublisher,
    { original: () => Promise.resolve(event) } as unknown as Answers,
  );
};
const ask = (type: string) =>
  answered(type).ask(PlaceOrder, request, timeout, () => {
    throw new Error('it was answered before');
  });

describe('the answer to a command', () => {
  it.each(['OrderSubmitted', 'OrderPlaced'])('is one that its decider gives, or gave: %s', async (type) => {
    expect(await ask(type)).toMatchObject({ type });
  });

  it.each(['OrderPlacedLater', 'OrderCancelled'])(
    'is asked for again when it is none that is known (it passed for success): %s',
    async (type) => {
      await expect(ask(type)).rejects.toMatchObject({ status: 503 });
    },
  );
});
