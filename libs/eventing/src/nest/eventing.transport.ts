import { Injectable } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { ConfigurationError, type Received } from '../domain/index.ts';
import { Engine } from './engine.ts';
import { type Attempt, EVENTING_TRANSPORT, FAILED, patternOf } from './handlers.ts';

type Events = Record<string, () => void>;

/**
 * The NestJS transport: `app.connectMicroservice({ strategy: app.get(EventingTransport) })`. Effects run through
 * NestJS's pipeline; deciders, policies and projections, which are called hundreds of times in a batch, do not.
 */
@Injectable()
export class EventingTransport
  extends Server<Events, 'connected' | 'disconnected'>
  implements CustomTransportStrategy
{
  override readonly transportId = EVENTING_TRANSPORT;
  /** The result of an effect is awaited here, and its error classified: NestJS need not report it. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly engine: Engine;

  constructor(engine: Engine) {
    super();
    this.engine = engine;
  }

  /** Calls back when the consumers were started; they join their groups and restore state after that. */
  override listen(callback: (error?: unknown) => void): void {
    this.engine
      .start((group, type) => this.performance(group, type))
      .then(() => {
        this._status$.next('connected');
        callback();
      }, callback);
  }

  override async close(): Promise<void> {
    await this.engine.stop();
    this._status$.next('disconnected');
  }

  override on(): never {
    // eslint-disable-next-line no-restricted-syntax -- a call that NestJS offers, and nobody here can answer
    throw new Error('The eventing transport has no events of its own: use status, or EventingHealth');
  }

  override unwrap<T>(): T {
    return this.engine as T;
  }

  private performance(group: string, type: string) {
    const handler = this.getHandlerByPattern(patternOf(group, type));
    if (!handler)
      throw new ConfigurationError(
        'NOT_A_CONTROLLER',
        `${group} handles ${type} in a class that is not in "controllers": effects belong there`,
        { fields: { group, type } },
      );
    return (event: Received, attempt: Attempt) => awaited(handler, event, attempt);
  }
}

/** Waits for whatever the pipeline answers. When it fails, the effect's own error outweighs what filters made of it. */
async function awaited(
  handler: MessageHandler,
  event: Received,
  attempt: Attempt & { [FAILED]?: unknown },
): Promise<void> {
  try {
    const result: unknown = await handler(event, attempt);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  } catch (error) {
    throw attempt[FAILED] ?? error;
  }
}
