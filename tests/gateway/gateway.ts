import {
  CommandPublisher,
  DeadLetterLog,
  EventingHealth,
  EventTail,
  LogPositions,
  PastRecords,
  RecordDecisions,
} from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OperatorsConfig } from '../../apps/gateway/src/operators/operators.config.ts';
import { GatewayApi } from '../../apps/gateway/src/gateway.api.ts';
import { configureHttp, httpOptions } from '../../apps/gateway/src/http/configure.ts';
import type { InProcessPlatform } from './in-process-platform.ts';

const welcome = { mailboxUrl: 'http://127.0.0.1:1080' };

@Module({})
class Ports {
  static of(platform: InProcessPlatform): DynamicModule {
    const providers = [
      { provide: CommandPublisher, useValue: platform.publisher },
      { provide: EventTail, useValue: platform.tail },
      { provide: LogPositions, useValue: platform.positions },
      { provide: PastRecords, useValue: platform.past },
      { provide: DeadLetterLog, useValue: platform.deadLetters },
      { provide: RecordDecisions, useValue: platform.records },
      { provide: EventingHealth, useValue: { report: () => ({ ready: true, details: {} }) } },
    ];
    return { module: Ports, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}

@Module({})
class Gateway {
  static on(platform: InProcessPlatform, databaseUrl: string, operators: OperatorsConfig): DynamicModule {
    return {
      module: Gateway,
      imports: [Ports.of(platform), GatewayApi.reading(databaseUrl, operators, welcome)],
    };
  }
}

/** A gateway that listens, on a platform in this process. */
export async function startGateway(
  platform: InProcessPlatform,
  databaseUrl: string,
  operators: OperatorsConfig = { token: undefined, open: true },
): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await NestFactory.create<NestFastifyApplication>(
    Gateway.on(platform, databaseUrl, operators),
    new FastifyAdapter(httpOptions),
    { logger: ['fatal'], abortOnError: false },
  );
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
