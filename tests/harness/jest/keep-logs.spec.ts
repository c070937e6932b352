import { existsSync, globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@atelier/local-stack';
import { startNode } from '../run-program.ts';
import { specDirectory } from '../spec-directory.ts';

/** No types: it is what Jest reads. */
const configFile = '../../../jest.config.mjs';

describe('what a spec file has written, after the run', () => {
  let run: string;
  afterEach(() => rm(run, { recursive: true, force: true }));

  /** Runs these fixtures as `npm test` runs specs: with its reporter, its teardown and its `--forceExit`. */
  async function runOf(...fixtures: string[]): Promise<string> {
    run = await specDirectory('the run');
    const { default: config } = await import(configFile);
    const [, real] = config.projects;
    const project = {
      ...real,
      testRegex: fixtures.map((name) => `/tests/harness/jest/fixtures/${name}\\.fixture\\.ts$`),
      globalSetup: '<rootDir>/tests/harness/jest/fixtures/setup.ts',
    };
    const nested = JSON.stringify({ ...config, rootDir: repositoryRoot, projects: [project] });
    const jest = join(repositoryRoot, 'node_modules/jest/bin/jest.js');
    const args = ['--experimental-vm-modules', jest, '--forceExit', '--config', nested];
    return (await startNode(args, { env: { TMPDIR: run } }).ended).output;
  }

  const kept = () => globSync('*/*/platform-*/orders-1.log', { cwd: run }).map((file) => join(run, file));

  it('is there when the file has failed, and the message says where, as a shell takes it', async () => {
    const output = await runOf('failing', 'passing');
    expect(output).toContain('1 failed, 1 passed');
    expect(kept()).toHaveLength(1);
    const [log = ''] = kept();
    expect(readFileSync(log, 'utf8')).toBe('it said this\n');
    const [, own = ''] = /What this file started has its logs and data in '(.*)'/.exec(output) ?? [];
    expect(log.startsWith(join(own, 'platform-'))).toBe(true);
    const [, shared = ''] = /The logs of the shared .* are in '(.*)'/.exec(output) ?? [];
    expect(readFileSync(join(shared, 'kafka-1.log'), 'utf8')).toBe('up\n');
  });

  it('is gone when all have passed', async () => {
    expect(await runOf('passing')).toContain('1 passed, 1 total');
    expect(kept()).toEqual([]);
    expect(existsSync(run)).toBe(true);
    expect(globSync('atelier-test-*', { cwd: run })).toEqual([]);
  });
});
