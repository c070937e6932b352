import { CommandPublisher, EventingHealth, EventTail, LogPositions } from '@atelier/eventing';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayApi } from '../../apps/gateway/src/gateway.api.ts';
import { configureHttp, httpOptions } from '../../apps/gateway/src/http/configure.ts';
import type { InProcessPlatform } from './in-process-platform.ts';

@Module({})
class Ports {
  static of(platform: InProcessPlatform): DynamicModule {
    const providers = [
      { provide: CommandPublisher, useValue: platform.publisher },
      { provide: EventTail, useValue: platform.tail },
      { provide: LogPositions, useValue: platform.positions },
      { provide: EventingHealth, useValue: { report: () => ({ ready: true, details: {} }) } },
    ];
    return { module: Ports, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}

@Module({})
class Gateway {
  static on(platform: InProcessPlatform, databaseUrl: string): DynamicModule {
    return { module: Gateway, imports: [Ports.of(platform), GatewayApi.reading(databaseUrl)] };
  }
}

/** A gateway that listens, on a platform in this process. */
export async function startGateway(
  platform: InProcessPlatform,
  databaseUrl: string,
): Promise<{ app: NestFastifyApplication; url: string }> {
  const app = await NestFactory.create<NestFastifyApplication>(
    Gateway.on(platform, databaseUrl),
    new FastifyAdapter(httpOptions),
    { logger: ['fatal'], abortOnError: false },
  );
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
