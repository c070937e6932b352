import { execFile } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { environment } from './node24.mjs';
import { refuseUnusablePath, root } from './paths.mjs';

/** Each ends before it does anything. */
function run(script, ...args) {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: '/nowhere/at-all' } };
    execFile(process.execPath, [`scripts/${script}.mjs`, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('the programs', () => {
  it.each([
    'start',
    'reset',
    'demo',
    'measure',
    'bench',
    'fault',
    'faults',
    'failures',
    'outages',
    'test',
    'test-compose',
    'setup',
  ])('%s says what it is for (demo had no --help, reset removed the data)', async (script) => {
    const { code, stdout, stderr } = await run(script, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: /);
  });

  it.each(['start', 'reset', 'test-compose', 'setup', 'fault'])(
    '%s refuses what it does not know',
    async (script) => {
      const { code, stderr } = await run(script, '--nonsense');
      expect(code).not.toBe(0);
      expect(stderr).toContain('Usage: ');
    },
  );

  it('refuse to set up where PATH and the class path would end, before anything is done', () => {
    expect(() => refuseUnusablePath("/home/ada/a b/ä,c's (2) 100%/atelier/")).not.toThrow();
    expect(() => refuseUnusablePath('/home/ada/12:30/atelier/')).toThrow(
      'has a ":" in it: move it elsewhere',
    );
    expect(() => refuseUnusablePath('/home/ada/a[1]/atelier/')).toThrow('has a "[" in it: move it elsewhere');
    if (process.platform === 'win32') return;
    for (const path of ['/home/ada/$HOME/', '/home/ada/"a"/', '/home/ada/a`b`/', '/home/ada/a\\b/'])
      expect(() => refuseUnusablePath(path)).toThrow('move it elsewhere');
  });
});

describe('what the programs know of the environment', () => {
  it('is the rest of it: no PG* that would lead elsewhere, no proxy for this machine', () => {
    const users = { PATH: '/bin', PGSSLMODE: 'require', PGPORT: '1', PAGER: 'less', NO_PROXY: '.example' };
    expect(environment(users)).toEqual({
      PATH: expect.stringMatching(/node_modules.\.bin:\/bin$/),
      PAGER: 'less',
      NO_PROXY: '127.0.0.1,localhost,.example',
      no_proxy: '127.0.0.1,localhost,.example',
      NODE_COMPILE_CACHE: expect.stringMatching(/\.cache.compiled$/),
    });
  });
});
