import { mkdirSync } from 'node:fs';
import { Family } from './family.ts';
import { kafkaBrokers } from './parts/kafka.ts';
import type { Program } from './program.ts';
import { stackPorts } from './stack-ports.ts';

export interface BrokersOptions {
  dataDir: string;
  cacheDir: string;
  brokers?: number;
  /** Kafka's version, which must have been fetched; the platform's own unless given. */
  kafkaVersion?: string;
  /** Settings beyond the usual ones, by Kafka's names. */
  settings?: Record<string, string>;
}

export interface Brokers {
  /** By their ids, from 1. */
  readonly programs: ReadonlyMap<number, Program>;
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** Starts nothing but brokers, for specs that break them or need other settings; all of them answer when this returns. */
export async function startBrokers(options: BrokersOptions): Promise<Brokers> {
  const { dataDir, cacheDir, brokers = 1, kafkaVersion, settings } = options;
  mkdirSync(dataDir, { recursive: true });
  const family = new Family();
  const ports = await stackPorts({}, brokers);
  const programs = kafkaBrokers(family, {
    dataDir,
    cacheDir,
    brokers: ports.brokers,
    heap: ['-Xms128m', '-Xmx256m'],
    ...(kafkaVersion !== undefined && { version: kafkaVersion }),
    ...(settings && { settings }),
  });
  try {
    await Promise.all(programs.map((program) => program.start()));
  } catch (error) {
    await family.stopAll();
    throw error;
  }
  return {
    programs: new Map(programs.map((program, index) => [index + 1, program])),
    addresses: ports.brokers.map(({ clientPort }) => `127.0.0.1:${clientPort}`),
    stop: () => family.stopAll(),
  };
}
