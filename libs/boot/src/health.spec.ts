import { EventingHealth, EventingTransport, type HealthReport } from '@atelier/eventing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Global, Injectable, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './boot.ts';
import { ReadinessCheck } from './readiness.ts';
import { createLogger, ServiceLogger } from './service-logger.ts';

@Injectable()
class Eventing extends EventingHealth {
  ready = true;
  report(): HealthReport {
    return { ready: this.ready, details: { kafka: { status: this.ready ? 'up' : 'down' } } };
  }
}

@Injectable()
class Shelf extends ReadinessCheck {
  readonly name = 'shelf';
  outcome: Promise<void> = Promise.resolve();
  check() {
    return this.outcome;
  }
}

@Global()
@Module({
  providers: [
    Eventing,
    { provide: EventingHealth, useExisting: Eventing },
    {
      provide: EventingTransport,
      useValue: { listen: (done: () => void) => done(), close: () => undefined },
    },
    Shelf,
  ],
  exports: [EventingHealth],
})
class ServiceModule {}

let app: NestFastifyApplication;
const get = async (url: string) => {
  const { statusCode, body } = await app.inject({ url });
  return [statusCode, JSON.parse(body)];
};

beforeEach(async () => {
  const logger = new ServiceLogger(createLogger({ instance: 'spec-1', logLevel: 'silent' }));
  app = await createApp(ServiceModule, logger);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app.close();
});

describe('health', () => {
  it('is live, whatever else', async () => {
    app.get(Eventing).ready = false;
    expect(await get('/health/live')).toEqual([200, { status: 'up' }]);
  });

  it('is ready when eventing and every check of the service are', async () => {
    const details = { kafka: { status: 'up' }, shelf: { status: 'up' } };
    expect(await get('/health/ready')).toEqual([200, { status: 'up', details }]);
  });

  it('is not ready when eventing is not', async () => {
    app.get(Eventing).ready = false;
    const details = { kafka: { status: 'down' }, shelf: { status: 'up' } };
    expect(await get('/health/ready')).toEqual([503, { status: 'down', details }]);
  });

  it('is not ready when a check fails, and says why', async () => {
    app.get(Shelf).outcome = Promise.reject(new Error('it fell down'));
    const details = { kafka: { status: 'up' }, shelf: { status: 'down', reason: 'it fell down' } };
    expect(await get('/health/ready')).toEqual([503, { status: 'down', details }]);
  });

  it('logs that it is ready or no longer, and why, once', async () => {
    const said: unknown[] = [];
    jest.spyOn(ServiceLogger.prototype, 'log').mockImplementation((text) => void said.push(text));
    jest.spyOn(ServiceLogger.prototype, 'warn').mockImplementation((text) => void said.push(text));
    const shelf = app.get(Shelf);
    for (const broken of [true, false, false, true, true]) {
      shelf.outcome = broken ? Promise.reject(new Error('it fell down')) : Promise.resolve();
      await get('/health/ready');
    }
    const broken = 'not ready: shelf: it fell down';
    expect(said).toEqual([broken, 'ready', broken]);
  });

  it('does not wait for a check that never answers', async () => {
    app.get(Shelf).outcome = new Promise(() => undefined);
    const details = {
      kafka: { status: 'up' },
      shelf: { status: 'down', reason: 'no answer within 2000 ms' },
    };
    expect(await get('/health/ready')).toEqual([503, { status: 'down', details }]);
  });
});
