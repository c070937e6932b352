import { readFileSync } from 'node:fs';
import { armedByFile } from '@atelier/eventing/engine';
import { systemClock } from '@atelier/eventing/time';
import { CODECS } from '@atelier/eventing/kafka';
import { z } from 'zod';
import { readConfig } from './read-config.ts';
import { addresses, port, text, url } from './variables.ts';

const service = {
  SERVICE_INSTANCE: text('a name for this process among its kind, like orders-1'),
  KAFKA_BROKERS: addresses('addresses of brokers, like 127.0.0.1:9092,127.0.0.1:9093'),
  KAFKA_COMPRESSION: z
    .enum(CODECS)
    .default('none')
    .describe(`one of ${CODECS.join(', ')}`),
  REGISTRY_URL: url(/^https?$/, 'the URL of the schema registry, like http://127.0.0.1:8081/apis/ccompat/v7'),
  HTTP_PORT: port('a port number, or 0 for any that is free'),
  HTTP_HOST: z.string().default('127.0.0.1').describe('the address to listen at'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('one of fatal, error, warn, info, debug, trace, silent'),
  FAILPOINTS: text('a directory in which failpoints are armed, or leave it out').optional(),
};

const state = { STATE_DIR: text("the directory for the deciders' state") };

export type ServiceConfig = ReturnType<typeof serviceConfig>;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** What every service is given at start, as EventingModule takes it; `http` and `logLevel` are for boot. */
export function serviceConfig(variables: NodeJS.ProcessEnv = process.env) {
  const given = readConfig(service, variables);
  return Object.freeze({
    instance: given.SERVICE_INSTANCE,
    version,
    kafka: { brokers: given.KAFKA_BROKERS, compression: given.KAFKA_COMPRESSION },
    registryUrl: given.REGISTRY_URL,
    http: { host: given.HTTP_HOST, port: given.HTTP_PORT },
    logLevel: given.LOG_LEVEL,
    ...(given.FAILPOINTS && {
      failpoint: armedByFile(given.FAILPOINTS, given.SERVICE_INSTANCE, systemClock),
    }),
  });
}

/** What a service with deciders or effects is given on top: `{ stateDir }`. */
export const stateConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({ stateDir: readConfig(state, variables).STATE_DIR });
