import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { archiveFlags } from '../class-archive.ts';
import { stopOrder } from '../child.ts';
import type { Family } from '../family.ts';
import { kafkaVersion, partsIn } from '../paths.ts';
import { Program } from '../program.ts';
import { shellWord } from '../shell-word.ts';
import { StackError } from '../stack-error.ts';
import { writeWhole } from '../write-whole.ts';
import {
  brokerProperties,
  type BrokerAddress,
  type ControllerAddress,
  controllerProperties,
} from './kafka-properties.ts';

export interface KafkaOptions {
  dataDir: string;
  cacheDir: string;
  brokers: BrokerAddress[];
  /** The controller, where that is a process of its own; each broker is one unless given. */
  controller?: ControllerAddress;
  /** Kafka's version; the platform's own unless given. */
  version?: string;
  /** Settings of the brokers beyond the usual ones, by Kafka's names. */
  settings?: Record<string, string>;
  /** Features to format with, by Kafka's names: `transaction.version` say. The newest that the version has unless given. */
  features?: Record<string, string>;
  heap?: string[];
  /** Java flags of one start, used to record the class archive. */
  javaFlags?: string[];
}

/** One program for each broker, and one for the controller where that is apart. */
export function kafkaBrokers(family: Family, options: KafkaOptions): Program[] {
  const { brokers, controller: apart, settings: more } = options;
  const clusterId = clusterIdOf(options);
  const nodes: Node[] = brokers.map((broker) => ({
    name: `kafka-${broker.id}`,
    port: broker.clientPort,
    stopOrder: stopOrder.kafka,
    properties: brokerProperties(broker, brokers, `kafka-${broker.id}`, { apart, more }),
  }));
  if (apart)
    nodes.push({
      name: 'controller',
      port: apart.port,
      stopOrder: stopOrder.controller,
      properties: controllerProperties(apart, brokers.length, 'controller'),
    });
  return nodes.map((node) => kafkaNode(family, options, node, clusterId));
}

interface Node {
  readonly name: string;
  /** Where it answers. */
  readonly port: number;
  readonly stopOrder: number;
  readonly properties: string;
}

function kafkaNode(family: Family, options: KafkaOptions, node: Node, clusterId: string): Program {
  const { name } = node;
  const home = join(options.dataDir, name);
  const settings = `${name}.properties`;
  const logFile = join(options.dataDir, 'logs', `${name}.log`);
  const parts = partsIn(options.cacheDir, options.version);
  const classPath = join(parts.kafkaLibs, '*');
  const common = { command: 'java', cwd: options.dataDir, logFile };

  return new Program(family, {
    ...common,
    name,
    args: [
      ...(options.heap ?? ['-Xms256m', '-Xmx512m']),
      '-XX:+UseSerialGC',
      QUICK_TO_WARM_UP,
      ...(options.javaFlags ?? archiveFlags(parts.kafka)),
      ...loggingFlags,
      '-cp',
      classPath,
      'kafka.Kafka',
      settings,
    ],
    stopOrder: node.stopOrder,
    stopWithinMs: 20_000,
    isReady: () => answersApiVersions(node.port),
    async prepare() {
      writeWhole(join(options.dataDir, settings), node.properties);
      if (existsSync(join(home, 'meta.properties'))) return;
      mkdirSync(home, { recursive: true });
      const format = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', '--cluster-id', clusterId];
      const archive = options.javaFlags ? [] : archiveFlags(parts.kafka);
      const flags = ['-XX:+UseSerialGC', QUICK_TO_WARM_UP, ...archive, ...loggingFlags];
      await family.run({
        ...common,
        name: `formatting ${name}`,
        args: [...flags, '-cp', classPath, ...format, ...featureFlags(options), '-c', settings],
      });
    },
  });
}

const featureFlags = ({ features = {} }: KafkaOptions) =>
  Object.entries(features).flatMap(([name, version]) => ['--feature', `${name}=${version}`]);

/**
 * Java's first compiler alone: the second one makes faster code after minutes of load, and takes a core for it meanwhile. Beside this
 * load it does not pay: docs/performance.md.
 */
const QUICK_TO_WARM_UP = '-XX:TieredStopAtLevel=1';

const loggingFlags = [
  'defaultLogLevel=warn',
  'showDateTime=true',
  'dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
  'log.kafka.server.KafkaRaftServer=info',
].map((setting) => `-Dorg.slf4j.simpleLogger.${setting}`);

interface StoredCluster {
  clusterId: string;
  brokers: number;
  /** The Kafka that made the data. Data of before that was noted are of 4.3.1. */
  kafka?: string;
}

/** The cluster's id, made once; the number of brokers is part of the data, because each one votes. */
function clusterIdOf({
  dataDir,
  brokers: { length: brokers },
  version = kafkaVersion,
}: KafkaOptions): string {
  const file = join(dataDir, 'kafka-cluster.json');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    // Kafka's form of a UUID; one that begins with a dash would be read as an option.
    const clusterId = `A${randomBytes(16).toString('base64url').slice(1, 21)}A`;
    writeFileSync(file, JSON.stringify({ clusterId, brokers, kafka: version } satisfies StoredCluster));
  }
  const stored = JSON.parse(readFileSync(file, 'utf8')) as StoredCluster;
  refuseNewer(dataDir, stored.kafka ?? '4.3.1', version);
  if (stored.brokers === brokers) return stored.clusterId;
  throw new StackError(
    'DATA_MISMATCH',
    `${shellWord(dataDir)} holds the data of ${stored.brokers} Kafka broker(s), not ${brokers}: use another directory or remove it.`,
  );
}

/** A broker cannot read the metadata of a newer one. */
function refuseNewer(dataDir: string, made: string, version: string): void {
  const [[major = 0, minor = 0], [ownMajor = 0, ownMinor = 0]] = [made, version].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  if (major < ownMajor || (major === ownMajor && minor <= ownMinor)) return;
  throw new StackError(
    'DATA_MISMATCH',
    `${shellWord(dataDir)} holds the data of Kafka ${made}, which Kafka ${version} cannot read: use another directory or remove it.`,
  );
}

/** Asks with the smallest request of Kafka's protocol: a broker that is still starting accepts, but does not answer. */
export function answersApiVersions(port: number): Promise<boolean> {
  const apiVersions = 18;
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(apiVersions, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(request));
    socket.once('data', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
