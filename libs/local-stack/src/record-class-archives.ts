import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveFile } from './class-archive.ts';
import type { Family } from './family.ts';
import { kafkaBrokers } from './parts/kafka.ts';
import { registry } from './parts/registry.ts';
import { partsIn } from './paths.ts';
import { freePort } from './ports.ts';
import type { Program } from './program.ts';

/** Starts and stops the broker and the registry once, to record what they load. A Java that cannot do this costs nothing. */
export async function recordClassArchives(
  cacheDir: string,
  report: (step: string) => void,
  family: Family,
  version: string,
): Promise<void> {
  const { kafka, registry: registryHome } = partsIn(cacheDir, version);
  const missing = [kafka, registryHome].filter(
    (home) => !existsSync(archiveFile(home)) && !existsSync(`${archiveFile(home)}.none`),
  );
  if (missing.length === 0) return;
  await Promise.all(
    missing.map((home) =>
      record(home, home === kafka ? brokerToRecord(version) : registryToRecord, cacheDir, family),
    ),
  );
  report('quick start of the broker and the registry prepared');
}

type ProgramToRecord = (
  family: Family,
  dirs: { dataDir: string; cacheDir: string; javaFlags: string[] },
) => Promise<Program>;

const brokerToRecord =
  (version: string): ProgramToRecord =>
  async (family, dirs) => {
    const brokers = [{ id: 1, clientPort: await freePort(), controllerPort: await freePort() }];
    const [broker] = kafkaBrokers(family, { ...dirs, brokers, version });
    if (!broker) throw new TypeError('One broker address gives one broker.');
    return broker;
  };

const registryToRecord: ProgramToRecord = async (family, dirs) =>
  registry(family, { ...dirs, port: await freePort() });

async function record(
  home: string,
  programOf: ProgramToRecord,
  cacheDir: string,
  family: Family,
): Promise<void> {
  const dataDir = mkdtempSync(join(home, 'recording-'));
  const draft = join(dataDir, 'classes.jsa');
  let program: Program | undefined;
  try {
    program = await programOf(family, {
      dataDir,
      cacheDir,
      javaFlags: [`-XX:ArchiveClassesAtExit=${draft}`],
    });
    await program.start();
    await program.stop();
    if (existsSync(draft)) renameSync(draft, archiveFile(home));
    else writeFileSync(`${archiveFile(home)}.none`, '');
  } finally {
    await program?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
