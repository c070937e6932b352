import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, repositoryRoot, until } from '@atelier/local-stack';
import { bytesIn } from './bytes-in.ts';
import { isStopped } from './is-stopped.ts';
import { specDirectory } from './spec-directory.ts';

export interface Addresses {
  readonly gateway: string;
  readonly kafka: string;
  readonly registry: string;
  readonly postgres: string;
  readonly mail: string;
  /** By instance: `orders-1`. */
  readonly services: Readonly<Record<string, string>>;
  readonly processes: Readonly<Record<string, number>>;
}

/** The platform as `npm start` runs it once dependencies are there: a process of its own, on a temporary directory. */
export class RunningPlatform {
  readonly dataDir: string;
  readonly port: number;
  output = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  private constructor(dataDir: string, port: number, environment: NodeJS.ProcessEnv) {
    this.dataDir = dataDir;
    this.port = port;
    const main = join(repositoryRoot, 'libs/local-stack/src/platform/main.ts');
    this.child = spawn(
      process.execPath,
      ['--conditions=source', '--disable-warning=ExperimentalWarning', main],
      {
        cwd: repositoryRoot,
        env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: dataDir, PORT: String(port), ...environment },
      },
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Starts on new data, or on that of an earlier platform; resolves when it says `ready`. */
  static async start(
    environment: NodeJS.ProcessEnv = {},
    earlier?: RunningPlatform,
  ): Promise<RunningPlatform> {
    const dataDir = earlier?.dataDir ?? (await specDirectory(`a platform's ä,`));
    const platform = new RunningPlatform(dataDir, await freePort(), environment);
    try {
      await platform.says('\nready\n');
      return platform;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** Starts on data that is in use; answers how it refused. */
  static async refused(running: RunningPlatform): Promise<{ code: number | null; output: string }> {
    const second = new RunningPlatform(running.dataDir, await freePort(), {});
    return { code: await second.exited, output: second.output };
  }

  async addresses(): Promise<Addresses> {
    return JSON.parse(await readFile(join(this.dataDir, 'platform.json'), 'utf8')) as Addresses;
  }

  /** A process that is to be stopped stands still when this resolves. */
  async signal(name: string, signal: NodeJS.Signals): Promise<void> {
    const pid = (await this.addresses()).processes[name];
    if (pid === undefined) throw new Error(`No process ${name} runs`);
    process.kill(pid, signal);
    if (signal === 'SIGSTOP') await until(`${name} is stopped`, () => isStopped(pid));
  }

  /** Waits until the platform has printed this, as long as it prints or logs anything. */
  says(text: string): Promise<void> {
    const what = () => `the platform says "${text}". It said:\n${this.output}`;
    const logs = join(this.dataDir, 'logs');
    const isSaid = () => {
      if (this.output.includes(text)) return true;
      if (this.child.exitCode === null && this.child.signalCode === null) return false;
      throw new Error(`The platform ended before it said "${text}":\n${this.output}`);
    };
    return until(what, isSaid, { progress: () => this.output.length + bytesIn(logs) });
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }
}

/** Asks until the answer is the one that is waited for; fails when the answer is always the same. */
export async function eventually<T>(ask: () => Promise<T>, expected: (answer: T) => boolean): Promise<T> {
  let answer: T | undefined;
  let said = 'nothing';
  const isExpected = async () => {
    try {
      answer = await ask();
      said = JSON.stringify(answer, numbers) ?? said;
      return expected(answer);
    } catch (error) {
      said = String(error);
      return false;
    }
  };
  await until(() => `the last answer was ${said}`, isExpected, { progress: () => said, everyMs: 100 });
  return answer as T;
}

const numbers = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
