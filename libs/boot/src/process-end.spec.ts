import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';

const module = new URL('process-end.ts', import.meta.url).href;

describe('a process that is told to end', () => {
  let child: ChildProcess;
  let said: string;
  /** Its exit code. */
  let code: Promise<number | null>;
  afterEach(() => void child.kill('SIGKILL'));

  /** One whose application closes like this. Resolves when signals are heard. */
  const begin = (close: string) =>
    run(`const { exitCode } = closeOnSignal({ close: ${close} }, logger, 300);
       setInterval(() => undefined, 1_000);
       console.log('up');
       process.exit(await exitCode);`);

  async function run(program: string): Promise<void> {
    said = '';
    child = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `const { closeOnSignal, unhandledError } = await import(${JSON.stringify(module)});
       const say = (_, reason) => console.log(reason);
       const logger = { info: console.log, error: say, fatal: say };
       ${program}`,
    ]);
    code = once(child, 'exit').then(([exitCode]) => exitCode as number | null);
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await says('up');
  }

  async function says(text: string): Promise<void> {
    while (!said.includes(text)) await once(child.stdout as NodeJS.ReadableStream, 'data');
  }

  it.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('finishes what is under way, at %s', async (signal) => {
    await begin(
      `() => new Promise((resolve) => setTimeout(resolve, 50)).then(() => console.log('finished'))`,
    );
    child.kill(signal);
    expect(await code).toBe(0);
    expect(said).toContain('finished');
  });

  it('closes once, however often it is told', async () => {
    await begin(`() => (console.log('closes'), new Promise((resolve) => setTimeout(resolve, 100)))`);
    child.kill('SIGTERM');
    await says('closes');
    child.kill('SIGTERM');
    expect(await code).toBe(0);
    expect(said.match(/closes/g)).toHaveLength(1);
  });

  it('ends all the same when something hangs, and says so', async () => {
    await begin('() => new Promise(() => undefined)');
    child.kill('SIGTERM');
    expect(await code).toBe(1);
    expect(said).toContain('not closed within 300 ms');
  });

  it('ends all the same when closing fails, and says so', async () => {
    await begin(`() => Promise.reject(new Error('no'))`);
    child.kill('SIGTERM');
    expect(await code).toBe(1);
    expect(said).toContain('closing failed');
  });

  it.each(['throw new Error()', 'void Promise.reject(new Error())'])(
    'ends when nothing handles an error, and says so: %s',
    async (error) => {
      await run(`const exitCode = unhandledError(logger);
       setTimeout(() => { ${error} });
       setInterval(() => undefined, 1_000);
       console.log('up');
       process.exit(await exitCode);`);
      expect(await code).toBe(1);
      expect(said).toContain('an error that nothing handled');
    },
  );
});
