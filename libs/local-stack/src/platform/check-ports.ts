import { chosenPort } from '../ports.ts';
import type { PlatformConfig } from './platform.config.ts';

/** Refuses a port of the user's that is taken, before anything is started. */
export async function checkPorts({ gatewayPort, ports }: PlatformConfig): Promise<void> {
  const chosen: [string, number | undefined][] = [
    ['PORT', gatewayPort],
    ['KAFKA_PORT', ports.kafka],
    ['REGISTRY_PORT', ports.registry],
    ['POSTGRES_PORT', ports.postgres],
    ['SMTP_PORT', ports.smtp],
    ['MAIL_PORT', ports.mail],
  ];
  for (const [variable, port] of chosen) if (port !== undefined) await chosenPort(port, variable);
}
