import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceConfig } from './service.config.ts';

/** HTTP comes first, so that `/health/live` answers while state is restored. What fails before that is not the port's fault. */
export async function listen(
  app: NestFastifyApplication,
  { http }: Pick<ServiceConfig, 'http'>,
): Promise<void> {
  await app.init();
  await app.listen(http.port, http.host).catch((error: unknown) => {
    throw new Error(`HTTP_PORT ${http.port} at ${http.host} cannot be used: give another`, { cause: error });
  });
  await app.startAllMicroservices();
}
