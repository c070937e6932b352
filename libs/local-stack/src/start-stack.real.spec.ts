import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { defaultCacheDir } from './paths.ts';
import { processIdentity } from './process-identity.ts';
import { startStack, type Stack } from './start-stack.ts';
import { waitUntil } from './wait-until.ts';

let dataDir: string;
let stack: Stack;
const start = () => startStack({ dataDir, cacheDir: defaultCacheDir });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atelier-stack-'));
  stack = await start();
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: stack.postgresUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

async function registerSchema(): Promise<number> {
  const response = await fetch(`${stack.registryUrl}/subjects/notes-Note/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({
      schema: '{"type":"record","name":"Note","fields":[{"name":"text","type":"string"}]}',
    }),
  });
  return ((await response.json()) as { id: number }).id;
}

/** A mail by the protocol itself: each line is sent when the one before has been answered. */
function sendMail(subject: string): Promise<void> {
  const lines = [
    'HELO test',
    'MAIL FROM:<a@example.com>',
    'RCPT TO:<b@example.com>',
    'DATA',
    `Subject: ${subject}\r\n\r\nhello\r\n.`,
    'QUIT',
  ];
  return new Promise((resolve, reject) => {
    const socket = createConnection(stack.smtp);
    socket.on('data', () => {
      const line = lines.shift();
      if (line) socket.write(`${line}\r\n`);
    });
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
}

const subjects = async () => {
  const mails = (await (await fetch(`${stack.mailUrl}/email`)).json()) as { subject: string }[];
  return mails.map(({ subject }) => subject);
};
const haveArrived = (...wanted: string[]) =>
  waitUntil(async () => (await subjects()).sort().join() === wanted.join());

const clusterId = () =>
  /cluster\.id=.*/.exec(readFileSync(join(dataDir, 'kafka-1', 'meta.properties'), 'utf8'))?.[0];

describe('the real parts', () => {
  it('keep what they were given over a stop and a start', async () => {
    await query('CREATE TABLE notes (text text)');
    await query(`INSERT INTO notes VALUES ('kept')`);
    const schema = await registerSchema();
    await sendMail('kept');
    expect(await haveArrived('kept')).toBe(true);
    const cluster = clusterId();
    const pids = Object.values(stack.processes);
    expect(Object.keys(stack.processes).sort()).toEqual(['kafka-1', 'mail', 'postgres', 'registry']);

    await stack.stop();
    expect(pids.map(processIdentity)).toEqual(pids.map(() => undefined));
    stack = await start();

    expect(await query('SELECT text FROM notes')).toEqual([{ text: 'kept' }]);
    expect(await registerSchema()).toBe(schema);
    expect(await haveArrived('kept')).toBe(true);
    expect(clusterId()).toBe(cluster);
  }, 120_000);

  it('come back on their ports, with their data, after a kill', async () => {
    await query('CREATE TABLE survivors (text text)');
    await query(`INSERT INTO survivors VALUES ('committed')`);
    const before = stack.processes;
    await Promise.all(['postgres', 'kafka-1', 'registry', 'mail'].map((name) => stack.kill(name)));
    expect(stack.processes).toEqual({});
    await stack.restart('postgres');
    await Promise.all(['kafka-1', 'registry', 'mail'].map((name) => stack.restart(name)));
    expect(await query('SELECT text FROM survivors')).toEqual([{ text: 'committed' }]);
    expect(Object.keys(stack.processes).sort()).toEqual(Object.keys(before).sort());
    for (const [name, pid] of Object.entries(stack.processes)) expect(pid).not.toBe(before[name]);
  }, 120_000);

  it('keep the password of the database to their owner', () => {
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
  });

  it('leave nothing behind when one of them cannot be started', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'atelier-broken-'));
    const failing = startStack({ dataDir: broken, cacheDir: defaultCacheDir, kafkaHeap: ['-Xmx1m'] });
    await expect(failing).rejects.toThrow(/kafka-1|formatting/);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(broken);
    rmSync(broken, { recursive: true, force: true });
  }, 60_000);

  it('refuse another number of brokers than the data was made with', async () => {
    await expect(startStack({ dataDir, cacheDir: defaultCacheDir, brokers: 3 })).rejects.toMatchObject({
      code: 'DATA_MISMATCH',
    });
  });

  it('refuse the data of a newer Kafka, before anything is started', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'stack-'));
    const noted = { clusterId: 'AAAAAAAAAAAAAAAAAAAAAA', brokers: 1 };
    writeFileSync(join(dataDir, 'kafka-cluster.json'), JSON.stringify(noted));
    await expect(startStack({ dataDir, cacheDir: defaultCacheDir })).rejects.toMatchObject({
      code: 'DATA_MISMATCH',
      message: expect.stringMatching(/holds the data of Kafka 4\.3\.1, which Kafka 4\.2\.\d cannot read/),
    });
    rmSync(dataDir, { recursive: true, force: true });
  });
});
