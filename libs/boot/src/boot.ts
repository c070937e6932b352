import { EventingTransport } from '@atelier/eventing';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthModule } from './health.module.ts';
import { closeOnSignal, exitOnUnhandledErrors } from './process-end.ts';
import { refuseToStart } from './refuse-to-start.ts';
import { type ServiceConfig, serviceConfig } from './service.config.ts';
import { createLogger, ServiceLogger } from './service-logger.ts';

export interface BootOptions {
  /** Options of the HTTP server. */
  readonly http?: ConstructorParameters<typeof FastifyAdapter>[0];
  /** What the application needs before it listens: pipes, filters, documents. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/** Runs a service until it is told to stop. A service that cannot start says why in one line, and exits. */
export async function boot(service: Type, options: BootOptions = {}): Promise<void> {
  const config = serviceConfig();
  const logger = createLogger(config);
  exitOnUnhandledErrors(logger);
  const app = await createApp(service, options, new ServiceLogger(logger)).catch(refuseToStart);
  const closing = closeOnSignal(app, logger);
  try {
    await listen(app, config);
    logger.info(`${config.instance} runs at ${await app.getUrl()}`);
  } catch (error) {
    if (!closing.aborted) refuseToStart(error);
  }
}

/** The application of a service with health and the eventing transport, not yet listening. */
export async function createApp(
  service: Type,
  { http, configure }: BootOptions,
  logger: ServiceLogger,
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

/** HTTP comes first, so that `/health/live` answers while state is restored. */
async function listen(app: NestFastifyApplication, { http }: ServiceConfig): Promise<void> {
  await app.listen(http.port, http.host).catch((error: unknown) => {
    throw new Error(`HTTP_PORT ${http.port} at ${http.host} cannot be used: give another`, { cause: error });
  });
  await app.startAllMicroservices();
}
