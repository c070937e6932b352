import type { BrokerAddress } from './parts/kafka-properties.ts';
import { chosenPort, freePort } from './ports.ts';

/** The ports that the user chose; with several brokers `kafka` is the first one's. */
export interface WantedPorts {
  kafka?: number | undefined;
  registry?: number | undefined;
  postgres?: number | undefined;
  smtp?: number | undefined;
  mail?: number | undefined;
}

export async function stackPorts(wanted: WantedPorts, brokerCount: number, relayed = false) {
  const brokers: BrokerAddress[] = [];
  for (let id = 1; id <= brokerCount; id++) {
    const clientPort = await chosenPort(id === 1 ? wanted.kafka : undefined, 'KAFKA_PORT');
    const relay = relayed && { relayed: { port: await freePort(), relayPort: await freePort() } };
    brokers.push({ id, clientPort, controllerPort: await freePort(), ...relay });
  }
  return {
    brokers,
    registry: await chosenPort(wanted.registry, 'REGISTRY_PORT'),
    postgres: await chosenPort(wanted.postgres, 'POSTGRES_PORT'),
    smtp: await chosenPort(wanted.smtp, 'SMTP_PORT'),
    mail: await chosenPort(wanted.mail, 'MAIL_PORT'),
  };
}
