import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { defaultCacheDir, repositoryRoot } from './paths.ts';
import { freePort } from './ports.ts';
import { startStack, type Stack } from './start-stack.ts';
import { answersHttp } from './wait-until.ts';

/** Each was meant for something else, and ended a part or led it elsewhere. */
const hostile = {
  JAVA_TOOL_OPTIONS: '-XX:NoSuchFlag',
  JDK_JAVA_OPTIONS: '-cp /nowhere',
  CLASSPATH: '/nowhere',
  QUARKUS_HTTP_PORT: '1',
  APICURIO_STORAGE_KIND: 'kafkasql',
  MAILDEV_WEB_PORT: '1',
  NODE_OPTIONS: '--require /nowhere.cjs',
  PGDATA: '/nowhere',
  PGPORT: '1',
  PGCLIENTENCODING: 'KLINGON',
  LC_ALL: 'C',
  TZ: 'Nowhere/Land',
};

let parent: string;
let dataDir: string;
let stack: Stack | undefined;
const before = { ...process.env };

/** In a directory whose name neither Kafka's settings nor a shell would take as it is. */
const start = async (controllerPort: number) =>
  (stack = await startStack({
    dataDir,
    cacheDir: defaultCacheDir,
    controllerApart: { port: controllerPort },
  }));

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'atelier-odd-'));
  dataDir = join(parent, `my data ä,b;'"$HOME"\\u0041#%20=`);
  mkdirSync(dataDir);
  Object.assign(process.env, hostile);
  await start(await freePort());
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(async () => {
  await stack?.stop();
  rmSync(parent, { recursive: true, force: true });
});

describe('the real parts in odd surroundings (Kafka split the path at its comma, Java obeyed JAVA_TOOL_OPTIONS)', () => {
  it('keep everything in DATA_DIR, whatever it is called, and start on it again', async () => {
    const { postgresUrl = '', registryUrl = '' } = stack ?? {};
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    await client.query('CREATE TABLE notes (text text)');
    await client.end();
    expect(await answersHttp(`${registryUrl}/subjects`)).toBe(true);
    const kept = ['controller', 'kafka-1', 'mail', 'postgres', 'logs'];
    expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(kept));
    for (const node of ['controller', 'kafka-1'])
      expect(existsSync(join(dataDir, node, 'meta.properties'))).toBe(true);
    expect(readdirSync(parent)).toHaveLength(1);

    await stack?.stop();
    await start(await freePort());
  });

  it('are removed by reset, whole', async () => {
    await stack?.stop();
    const reset = join(repositoryRoot, 'libs/local-stack/src/platform/reset.ts');
    const said = execFileSync(process.execPath, ['--conditions=source', reset], {
      env: { ...before, NODE_OPTIONS: '', DATA_DIR: dataDir },
      encoding: 'utf8',
    });
    expect(said).toContain('is removed');
    expect(readdirSync(parent)).toEqual([]);
  });
});
