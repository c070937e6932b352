import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, repositoryRoot } from '@atelier/local-stack';

export interface Addresses {
  readonly gateway: string;
  readonly kafka: string;
  readonly registry: string;
  readonly postgres: string;
  readonly mail: string;
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
    const dataDir = earlier?.dataDir ?? (await mkdtemp(join(tmpdir(), 'atelier-platform-')));
    const platform = new RunningPlatform(dataDir, await freePort(), environment);
    await platform.says('\nready\n');
    return platform;
  }

  /** Starts on data that is in use; answers how it refused. */
  static async refused(running: RunningPlatform): Promise<{ code: number | null; output: string }> {
    const second = new RunningPlatform(running.dataDir, await freePort(), {});
    return { code: await second.exited, output: second.output };
  }

  async addresses(): Promise<Addresses> {
    return JSON.parse(await readFile(join(this.dataDir, 'platform.json'), 'utf8')) as Addresses;
  }

  async signal(name: string, signal: NodeJS.Signals): Promise<void> {
    const pid = (await this.addresses()).processes[name];
    if (pid === undefined) throw new Error(`No process ${name} runs`);
    process.kill(pid, signal);
  }

  /** Waits until the platform has printed this. */
  async says(text: string, withinMs = 90_000): Promise<void> {
    for (const deadline = Date.now() + withinMs; !this.output.includes(text); await sleep(50)) {
      if (this.child.exitCode !== null || Date.now() > deadline)
        throw new Error(`Never said "${text}":\n${this.output}`);
    }
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  async remove(): Promise<void> {
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Asks until the answer is the one that is waited for; fails after 60 s. */
export async function eventually<T>(ask: () => Promise<T>, expected: (answer: T) => boolean): Promise<T> {
  let last: T | undefined;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    last = await ask().catch(() => undefined);
    if (last !== undefined && expected(last)) return last;
  }
  throw new Error(`Not within 60 s; the last answer was ${JSON.stringify(last)}`);
}
