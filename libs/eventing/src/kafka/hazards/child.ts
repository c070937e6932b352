import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Where a child process finds the engine, as literals for its `import`. */
export const modules = {
  broker: source('../../../fixtures/scratch-broker.ts'),
  positions: source('../groups/stored-positions.ts'),
};

/** Runs a program in a process of its own; answers all that it printed. Rejects when it fails. */
export async function printed(program: string, brokers: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--input-type=module', '--eval', program],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, NODE_OPTIONS: '', KAFKA_BROKERS: brokers.join() },
      timeout: 40_000,
    },
  );
  return stdout + stderr;
}
