import { createServer, type Server } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@atelier/local-stack';
import { runningPlatform } from './platform.ts';

describe('a gateway that begins to answer a second later (the demo had given it up at once)', () => {
  let dataDir: string;
  let port: number;
  let server: Server | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'atelier-demo-'));
    port = await freePort();
    await writeFile(
      join(dataDir, 'platform.json'),
      JSON.stringify({ gateway: `http://127.0.0.1:${port}`, kafka: 'k' }),
    );
  });

  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
    await rm(dataDir, { recursive: true });
  });

  /** Answers with these statuses one after the other, the last one again and again. */
  const listen = (statuses: number[]) => {
    server = createServer((_, response) => {
      response.statusCode = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 500;
      response.end('{}');
    }).listen(port, '127.0.0.1');
  };

  it('is waited for', async () => {
    const found = runningPlatform(dataDir);
    await sleep(1_000);
    listen([503, 200]);
    expect(await found).toMatchObject({ gateway: `http://127.0.0.1:${port}`, kafka: 'k' });
  });

  it('is given up with a sentence when it stays silent', async () => {
    await expect(runningPlatform(dataDir, 300)).rejects.toThrow(
      `names a gateway, http://127.0.0.1:${port}, that does not answer. Start it with \`npm start\``,
    );
  });

  it('is not waited for where no platform is', async () => {
    await rm(join(dataDir, 'platform.json'));
    await expect(runningPlatform(dataDir)).rejects.toThrow('No platform is running: there is no ');
  });
});
