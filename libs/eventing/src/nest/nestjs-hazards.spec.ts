import 'reflect-metadata';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  type INestMicroservice,
  Module,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Message, messageType, type Received } from '../domain/index.ts';
import type { Performance } from '../engine/groups/effect-handler.ts';
import type { Engine } from './engine.ts';
import { EventingTransport } from './eventing.transport.ts';
import { Effect, EVENTING_TRANSPORT, patternOf, Perform } from './handlers.ts';

type Rung = Message<'Rung', { door: string }>;
const Rung = messageType<Rung>({ type: 'Rung', topic: 'doors.events', key: 'door', versions: [] });

/** What the handlers did, and what they are told to do. */
const calls: string[] = [];
let light = async (): Promise<void> => undefined;

/** Does nothing, but from here on a result is an observable, which NestJS subscribes to and forgets. */
class Watching implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
}

@Effect({ group: 'lamp' })
@UseInterceptors(Watching)
class Lamp {
  @Perform(Rung)
  async light(_: Received<Rung>): Promise<void> {
    calls.push('lamp');
    await light();
  }
}

@Effect({ group: 'bell' })
class Bell {
  @Perform(Rung)
  async ring(_: Received<Rung>): Promise<void> {
    calls.push('bell');
  }
}

/** Two methods on one pattern, as an application without groups would have them. */
@Controller()
class Joined {
  @EventPattern('joined', EVENTING_TRANSPORT)
  async first(_: unknown): Promise<void> {
    calls.push('first');
    await light();
  }

  @EventPattern('joined', EVENTING_TRANSPORT)
  async second(_: unknown): Promise<void> {
    calls.push('second');
  }
}

@Module({ controllers: [Lamp, Bell, Joined] })
class Doors {}

describe('hazards of NestJS microservices', () => {
  let app: INestMicroservice;
  let transport: EventingTransport;
  let performance: (group: string, type: string) => Performance;
  const event = { type: 'Rung', data: { door: 'a' } } as unknown as Received<Rung>;
  const attempt = () => ({ idempotencyKey: 'id', signal: new AbortController().signal });
  const perform = (group: string) => performance(group, 'Rung')(event, attempt());

  beforeEach(async () => {
    const engine = {
      start: async (perform: typeof performance) => void (performance = perform),
      stop: async () => undefined,
    };
    transport = new EventingTransport(engine as unknown as Engine);
    app = await NestFactory.createMicroservice(Doors, { strategy: transport, logger: false });
    await app.listen();
    calls.length = 0;
    light = async () => undefined;
  });
  afterEach(() => app.close());

  describe('the result of a handler', () => {
    it('is awaited', async () => {
      const { promise: lit, resolve: finish } = Promise.withResolvers<void>();
      light = () => lit;
      let done = false;
      const performing = perform('lamp').then(() => (done = true));
      await turns(20);
      expect({ calls, done }).toEqual({ calls: ['lamp'], done: false });
      finish();
      await performing;
    });

    it('is let go by the handleEvent of NestJS (negative control)', async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      light = () => promise;
      const pattern = patternOf('lamp', 'Rung');
      await transport.handleEvent(pattern, { pattern, data: event }, attempt() as never);
      await turns(20);
      expect(calls).toEqual(['lamp']);
      resolve();
    });

    it('that fails is told', async () => {
      light = async () => {
        throw new Error('the lamp is broken');
      };
      await expect(perform('lamp')).rejects.toThrow('the lamp is broken');
    });
  });

  describe('several handlers of one event', () => {
    it('have groups of their own, so that one that fails repeats itself only', async () => {
      light = async () => {
        throw new Error('the lamp is broken');
      };
      await perform('bell');
      for (let i = 0; i < 3; i++) await expect(perform('lamp')).rejects.toThrow();
      expect(calls).toEqual(['bell', 'lamp', 'lamp', 'lamp']);
    });

    it('are joined by NestJS when they share a pattern (negative control)', async () => {
      const handler = transport.getHandlerByPattern('joined');
      expect(handler?.next).toBeDefined();
      await handler?.(event, attempt());
      await turns(20);
      expect([...calls].sort()).toEqual(['first', 'second']);
    });
  });

  describe('the error of a handler', () => {
    const refused = Object.assign(new Error('no such lamp'), { code: 'NO_LAMP', retryable: false });

    it('is classified as it was thrown', async () => {
      light = () => Promise.reject(refused);
      await expect(perform('lamp')).rejects.toBe(refused);
    });

    it('is made something else by the exception filters of NestJS (negative control)', async () => {
      light = () => Promise.reject(refused);
      const handler = transport.getHandlerByPattern(patternOf('lamp', 'Rung'));
      const failure: unknown = await Promise.resolve(handler?.(event, attempt()))
        .then((answer) => lastError(answer))
        .catch((error: unknown) => error);
      expect(failure).not.toBe(refused);
      expect(failure).not.toMatchObject({ code: 'NO_LAMP' });
    });
  });
});

/** What an observable fails with, if it is one. */
function lastError(answer: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const { subscribe } = answer as { subscribe?: (observer: object) => void };
    if (!subscribe) return resolve(undefined);
    subscribe.call(answer, { error: resolve, complete: () => resolve(undefined) });
  });
}

/** Lets everything that is ready run. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}
