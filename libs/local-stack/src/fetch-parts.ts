import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { usersEnvironment } from './environment.ts';
import { recordClassArchives } from './record-class-archives.ts';
import { Family } from './family.ts';
import { kafkaVersion, partsIn, registryVersion } from './paths.ts';
import { shellWord } from './shell-word.ts';
import { StackError } from './stack-error.ts';

export type Report = (step: string) => void;

/** Fetches the broker and the registry unless they are there, and prepares their quick start. */
export async function fetchParts(
  cacheDir: string,
  report: Report = () => undefined,
  family = new Family(),
  kafka = kafkaVersion,
): Promise<void> {
  const { kafkaLibs, registry, logs } = partsIn(cacheDir, kafka);
  const maven = new Maven(family, logs);
  await Promise.all([
    fetchInto(
      kafkaLibs,
      (draft) => fetchKafka(maven, draft, kafka),
      () => report(`Kafka ${kafka} fetched`),
    ),
    fetchInto(
      registry,
      (draft) => fetchRegistry(maven, family, draft, logs),
      () => report(`registry ${registryVersion} fetched`),
    ),
  ]);
  await recordClassArchives(cacheDir, report, family, kafka);
}

/** Fills a draft and renames it: a directory of this name is whole, whoever is interrupted or runs at the same time. */
async function fetchInto(
  target: string,
  fill: (draft: string) => Promise<void>,
  done: () => void,
): Promise<void> {
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  const draft = mkdtempSync(`${target}.draft-`);
  try {
    await fill(draft);
    renameWhole(join(draft, 'whole'), target);
    done();
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function renameWhole(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error; // Otherwise another process was quicker, with the same content.
  }
}

async function fetchKafka(maven: Maven, draft: string, version: string): Promise<void> {
  const dependencies = [
    ['org.apache.kafka', 'kafka_2.13', version],
    ['org.apache.kafka', 'kafka-tools', version],
    ['org.slf4j', 'slf4j-simple', '1.7.36'],
  ].map(
    ([group, artifact, version]) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  writeFileSync(
    join(draft, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>atelier</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies.join('\n')}</dependencies></project>\n`,
  );
  await maven.run('Kafka', draft, [
    'copy-dependencies',
    '-DincludeScope=runtime',
    `-DoutputDirectory=${join(draft, 'whole')}`,
  ]);
}

async function fetchRegistry(maven: Maven, family: Family, draft: string, logs: string): Promise<void> {
  const artifact = `io.apicurio:apicurio-registry-app:${registryVersion}:tar.gz:all`;
  const whole = join(draft, 'whole');
  mkdirSync(whole);
  await maven.run('the registry', draft, ['copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${draft}`]);
  await family.run({
    name: 'unpacking the registry',
    command: 'tar',
    args: ['--no-same-owner', '-xzf', `apicurio-registry-app-${registryVersion}-all.tar.gz`, '-C', 'whole'],
    cwd: draft,
    logFile: join(logs, 'unpack-registry.log'),
  });
}

class Maven {
  readonly #family: Family;
  readonly #logs: string;

  constructor(family: Family, logs: string) {
    this.#family = family;
    this.#logs = logs;
  }

  /** This version of the plugin, because later ones need a parent that is not published. */
  async run(what: string, cwd: string, [goal, ...args]: [string, ...string[]]): Promise<void> {
    const logFile = join(this.#logs, `fetch-${what.split(' ').at(-1)?.toLowerCase()}.log`);
    const plugin = `org.apache.maven.plugins:maven-dependency-plugin:2.10:${goal}`;
    rmSync(logFile, { force: true });
    try {
      await this.#family.run({
        name: `fetching ${what}`,
        command: process.platform === 'win32' ? 'mvn.cmd' : 'mvn',
        args: ['--batch-mode', '--no-transfer-progress', plugin, ...args],
        cwd,
        env: usersEnvironment(),
        logFile,
      });
    } catch (cause) {
      if (this.#family.closing.aborted) throw cause;
      const message = `Maven could not fetch ${what}: see ${shellWord(logFile)}, and check the network and Maven's settings.`;
      throw new StackError('FETCH_FAILED', message, { cause, retryable: true });
    }
  }
}
