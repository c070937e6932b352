import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopOrder } from '../child.ts';
import type { Family } from '../family.ts';
import { Program } from '../program.ts';
import { postgresAccount, type Account } from './postgres-account.ts';
import { postgresBinaries } from './postgres-binaries.ts';

export interface PostgresOptions {
  dataDir: string;
  port: number;
  databases: string[];
}

export const databaseUser = 'atelier';

export function postgres(family: Family, options: PostgresOptions): Program {
  const { dataDir, port } = options;
  const home = join(dataDir, 'postgres');
  const binaries = postgresBinaries();
  const account = postgresAccount([binaries.postgres, home]);
  const logFile = join(dataDir, 'logs', 'postgres.log');
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '64MB',
    max_connections: 200,
  };

  return new Program(family, {
    name: 'postgres',
    ...account.as(binaries.postgres, [
      '-D',
      home,
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ]),
    logFile,
    stopOrder: stopOrder.postgres,
    stopSignal: 'SIGINT', // Its fast shutdown; after a SIGTERM it would wait until every client has left.
    isReady: async () => serverState(home) === 'ready',
    async prepare() {
      if (!existsSync(home)) await createCluster(family, options, account, { ...binaries, logFile, home });
      forgetCrashedServer(home);
    },
  });
}

/** The password of the databases in this directory, made with them and kept beside them. */
export function databasePassword(dataDir: string): string {
  const file = join(dataDir, 'postgres.password');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim();
}

interface Cluster {
  initdb: string;
  postgres: string;
  logFile: string;
  home: string;
}

/** Built under another name and renamed when it is whole, so that an interrupted start leaves nothing half made. */
async function createCluster(
  family: Family,
  options: PostgresOptions,
  account: Account,
  cluster: Cluster,
): Promise<void> {
  const draft = `${cluster.home}.draft`;
  const passwordFile = join(draft, 'password');
  const sqlFile = join(draft, 'databases.sql');
  const data = join(draft, 'data');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, databasePassword(options.dataDir), { mode: 0o600 });
  for (const path of [draft, passwordFile]) account.give(path);

  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--auth=scram-sha-256', `--username=${databaseUser}`, `--pwfile=${passwordFile}`];
  const { logFile } = cluster;
  const initdb = account.as(cluster.initdb, [
    '-D',
    data,
    ...access,
    ...locale,
    '--no-instructions',
    '--no-sync',
  ]);
  await family.run({ ...initdb, name: 'creating the database', logFile });
  const single = account.as(cluster.postgres, ['--single', '-D', data, 'postgres']);
  for (const name of options.databases) {
    writeFileSync(sqlFile, `CREATE DATABASE ${name}\n`);
    await family.run({ ...single, name: `creating the database ${name}`, logFile, inputFile: sqlFile });
  }
  renameSync(data, cluster.home);
  rmSync(draft, { recursive: true, force: true });
}

/** What the server itself writes on the last line of its pid file: `starting`, `ready`, ... */
function serverState(home: string): string | undefined {
  return pidFileLines(home)[7]?.trim();
}

/**
 * After a crash the pid file stays. The server refuses to start when that pid is alive, even if it is another program's
 * by now (after a reboot, say). Our ledger has stopped what was ours, so the file of a process that is not a Postgres goes.
 */
function forgetCrashedServer(home: string): void {
  const pid = Number(pidFileLines(home)[0]);
  if (Number.isInteger(pid) && !isPostgres(pid)) rmSync(join(home, 'postmaster.pid'), { force: true });
}

function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return false;
  }
}

function pidFileLines(home: string): string[] {
  try {
    return readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
