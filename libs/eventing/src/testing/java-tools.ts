import { spawn } from 'node:child_process';
import { defaultCacheDir, partsIn } from '@atelier/local-stack';
import { brokers } from './scratch-broker.ts';

const TOOLS = 'org.apache.kafka.tools';

/** Writes lines as records without a key, with Kafka's own client, in batches of this codec. */
export async function produceLines(topic: string, codec: string, lines: readonly string[]): Promise<void> {
  const args = ['--compression-codec', codec, '--batch-size', '1000000'];
  const linger = ['--command-property', 'linger.ms=2000'];
  await run([`${TOOLS}.ConsoleProducer`, '--topic', topic, ...args, ...linger], lines.join('\n'));
}

/** Reads the values of so many committed records, with Kafka's own client. */
export async function consumeLines(topic: string, count: number): Promise<string[]> {
  const flags = ['--from-beginning', '--max-messages', String(count), '--isolation-level', 'read_committed'];
  const printed = await run([`${TOOLS}.consumer.ConsoleConsumer`, '--topic', topic, ...flags]);
  return printed.split('\n').slice(0, count);
}

/** Answers what it printed. Rejects when it fails. */
function run(args: readonly string[], input = ''): Promise<string> {
  const classPath = `${partsIn(defaultCacheDir).kafkaLibs}/*`;
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  const java = spawn('java', [
    '-XX:+UseSerialGC',
    quiet,
    '-cp',
    classPath,
    ...args,
    '--bootstrap-server',
    brokers.join(),
  ]);
  const [printed, complaints]: [Buffer[], Buffer[]] = [[], []];
  java.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  java.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  java.stdin.end(input);
  return new Promise((resolve, reject) => {
    java.once('error', reject);
    java.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(printed).toString());
      else reject(new Error(`${args[0]} ended with ${code}: ${Buffer.concat(complaints).toString()}`));
    });
  });
}
