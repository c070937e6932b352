import { EventingTransport } from '@atelier/eventing';
import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { explain } from './explain.ts';
import { HealthModule } from './health.module.ts';
import { listen } from './listen.ts';
import { closeOnSignal, unhandledError } from './process-end.ts';
import type { ServiceConfig } from './service.config.ts';
import { createLogger, ServiceLogger } from './service-logger.ts';

/** A service's module, made of its settings: the same in its process and in a spec. */
export interface Service<Config> {
  forRoot(config: Config): DynamicModule;
}

export interface BootOptions {
  /** Options of the HTTP server. */
  readonly http?: ConstructorParameters<typeof FastifyAdapter>[0];
  /** What the application needs before it listens: pipes, filters, documents. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/**
 * Runs a service until it is told to stop. Resolves with the exit code that its process is to end with; a service that cannot
 * start has said why in one line.
 */
export async function boot<Config extends ServiceConfig>(
  service: Service<Config>,
  readConfig: () => Config,
  options: BootOptions = {},
): Promise<number> {
  try {
    const config = readConfig();
    const logger = createLogger(config);
    return await Promise.race([
      unhandledError(logger),
      serve(service.forRoot(config), config, logger, options),
    ]);
  } catch (error) {
    process.stderr.write(`Cannot start: ${explain(error)}\n`);
    return 1;
  }
}

async function serve(
  service: DynamicModule,
  config: ServiceConfig,
  logger: Logger,
  options: BootOptions,
): Promise<number> {
  const app = await createApp(service, new ServiceLogger(logger), options);
  const closing = closeOnSignal(app, logger);
  try {
    await listen(app, config);
    logger.info(`${config.instance} runs at ${await app.getUrl()}`);
  } catch (error) {
    if (!closing.begun.aborted) throw error;
  }
  return closing.exitCode;
}

/** The application of a service with health and the eventing transport, not yet listening. */
export async function createApp(
  service: Type | DynamicModule,
  logger: LoggerService | false,
  { http, configure }: BootOptions = {},
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    HealthModule.beside(service),
    new FastifyAdapter(http),
    { logger, abortOnError: false },
  );
  await configure?.(app);
  app.connectMicroservice({ strategy: app.get(EventingTransport) }, { inheritAppConfig: true });
  return app;
}
