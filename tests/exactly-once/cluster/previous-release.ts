import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  build,
  defaultCacheDir,
  type Family,
  repositoryRoot,
  shellWord,
  usersEnvironment,
} from '@atelier/local-stack';
import type { SupervisedService } from '../../harness/services/supervised-service.ts';

/** The last commit before a process had one transactional id for all of its groups (docs/adr/0031). */
const PREVIOUS = 'd86d2bc7c73fbfce1b47420fc0dadef71e9473f8';

/** Why the services of the release before cannot be run here. */
export class NoPreviousRelease extends Error {
  override readonly name = 'NoPreviousRelease';
}

/**
 * The root of the release before, with its dependencies and built. `wanted`: a directory that has it, or what git calls it. What is
 * taken from git is kept in the cache. Throws NoPreviousRelease where there is no git, no such commit, or no way to its packages.
 */
export async function previousRelease(
  wanted: string | undefined,
  family: Family,
  say: (step: string) => void,
): Promise<string> {
  if (wanted !== undefined && existsSync(join(wanted, 'package.json'))) {
    const root = resolve(wanted);
    await new Checkout(family, root).build();
    return root;
  }
  const ref = wanted ?? PREVIOUS;
  const root = join(defaultCacheDir, 'releases', ref.replaceAll(/[^\w.-]/g, '_'));
  const whole = join(root, '.whole');
  if (existsSync(whole)) return root;
  say(`fetching and building the release before, ${ref}: some minutes, the first time`);
  const checkout = new Checkout(family, root);
  await checkout.clone(ref);
  await checkout.build();
  writeFileSync(whole, '');
  return root;
}

/** Whether the process that runs now is of the release that is there. */
export const runsFrom = ({ pid }: SupervisedService, root: string) =>
  pid !== undefined &&
  execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(
    join(root, 'apps'),
  );

/** Another one than that of whoever runs this, which stays as it is. */
class Checkout {
  private readonly family: Family;
  private readonly root: string;
  private readonly logFile = join(defaultCacheDir, 'logs', 'release-before.log');

  constructor(family: Family, root: string) {
    this.family = family;
    this.root = root;
    rmSync(this.logFile, { force: true });
  }

  async clone(ref: string): Promise<void> {
    const { root } = this;
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root, { recursive: true });
    const git = (...args: string[]) => this.run('git', args, `there is no git history with ${ref}`);
    await git('clone', '--quiet', '--shared', '--no-checkout', repositoryRoot, root);
    await git('-C', root, 'checkout', '--quiet', '--detach', ref);
  }

  /** What is there already stays. */
  async build(): Promise<void> {
    const { family, root } = this;
    await this.run(process.execPath, ['scripts/setup.mjs'], 'its dependencies could not be installed');
    await build(family, root, defaultCacheDir).catch((cause: unknown) =>
      this.fail('it does not build', cause),
    );
  }

  private async run(command: string, args: string[], otherwise: string): Promise<void> {
    const { family, root: cwd, logFile } = this;
    const env = usersEnvironment();
    await family
      .run({ name: 'the release before', command, args, cwd, env, logFile })
      .catch((cause: unknown) => this.fail(otherwise, cause));
  }

  private fail(why: string, cause: unknown): never {
    if (this.family.closing.aborted) throw cause;
    const where = `see ${shellWord(this.logFile)}, or name a directory that has it with --previous`;
    throw new NoPreviousRelease(`the release before cannot be run here, because ${why}: ${where}`, { cause });
  }
}
