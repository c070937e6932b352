import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Problem } from '../generate/problems.ts';

const run = promisify(execFile);

/** Until then versions were changed in place: nobody kept data that was written with them. */
const SINCE = '2026-11-30T00:00:00Z';
const MOST_OUTPUT = 64 * 1024 * 1024;

export interface Comparison {
  readonly problems: readonly Problem[];
  /** How many versions are released; undefined: they were not compared. */
  readonly released?: number;
  readonly uncompared?: Uncompared;
}

/** Why the files were not compared with git's history. */
export interface Uncompared {
  readonly why: string;
  /** There is a repository: only git, or this clone of it, keeps it from us. */
  readonly hasRepository: boolean;
}

/**
 * Compares the schema files with git's history: a version is released with the first commit of the branch that has it (its first
 * parents: what is merged counts as one commit), and from then on it is neither changed nor removed. Drafts are amended, or squashed
 * before they are merged. White space does not count.
 */
export async function compareWithHistory(dir: URL): Promise<Comparison> {
  const path = fileURLToPath(dir);
  const git = gitIn(path);
  try {
    if ((await git('rev-parse', '--is-shallow-repository')).trim() === 'true') throw new GitFailed(SHALLOW);
    const released = await releasedFiles(git);
    const problems = await Promise.all([...released].map((one) => problemsOf(git, path, one)));
    return { problems: problems.flat(), released: released.size };
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    const hasRepository = isInRepository(path);
    const why = hasRepository ? error.message : 'this is no git repository';
    return { problems: [], uncompared: { why, hasRepository } };
  }
}

const SHALLOW =
  'this clone has only the last commits: fetch the whole history (git fetch --unshallow; in GitHub Actions fetch-depth: 0)';

async function problemsOf(
  git: Git,
  path: string,
  [file, blob]: readonly [file: string, blob: string],
): Promise<readonly Problem[]> {
  const text = await readFile(join(path, file), 'utf8').catch(() => undefined);
  if (text === undefined)
    return [{ file, text: 'was released, and is gone: put it back, records are read with it for ever' }];
  if (blob === blobOf(text) || isSame(await git('cat-file', 'blob', blob), text)) return [];
  const changed = `was changed after its release: put it back, and write the change into the next version (npm run schemas:new ${typeOf(file)})`;
  return [{ file, text: changed }];
}

/** Git is not there, or does not answer; its own words. */
class GitFailed extends Error {}

function gitIn(path: string): Git {
  return async (...args) => {
    try {
      return (await run('git', ['-C', path, ...args], { maxBuffer: MOST_OUTPUT })).stdout;
    } catch (cause) {
      const { message, stderr = '' } = cause as Error & { readonly stderr?: string };
      const words = (stderr.trim() || message).replaceAll(/\s+/g, ' ');
      throw new GitFailed(`git ${args[0]} failed: ${words}`, { cause });
    }
  };
}

/** Not by asking git: it may be what fails. */
function isInRepository(path: string): boolean {
  const above = dirname(path);
  return existsSync(join(path, '.git')) || (above !== path && isInRepository(above));
}

type Git = (...args: readonly string[]) => Promise<string>;

/** Each released file, and the blob that it was released with. */
async function releasedFiles(git: Git): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const line of (await git('ls-tree', '-r', '-z', 'HEAD', '.')).split('\0')) {
    const [, blob, file] = /^\d+ blob (\w+)\t(.*)$/.exec(line) ?? [];
    if (blob && file) files.set(file, blob);
  }
  const history = ['log', '--first-parent', '--diff-merges=first-parent', `--since=${SINCE}`, '--format='];
  const changes = await git(...history, '--raw', '--no-abbrev', '--no-renames', '--relative', '--', '.');
  // The newest first: what is said last of a file is how it was released.
  for (const line of changes.split('\n')) {
    const [, before, after, kind, file] = /^:\d+ \d+ (\w+) (\w+) (\w)\t(.*)$/.exec(line) ?? [];
    if (before && after && file) files.set(file, kind === 'A' ? after : before);
  }
  return new Map([...files].filter(([file]) => file.endsWith('.avsc')));
}

/** What git calls this text; asking git for each file takes seconds. */
const blobOf = (text: string) =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');

const typeOf = (file: string) => /(\w+)\.v\d+\.avsc$/.exec(file)?.[1] ?? '';

function isSame(released: string, now: string): boolean {
  try {
    return JSON.stringify(JSON.parse(released)) === JSON.stringify(JSON.parse(now));
  } catch {
    return released === now;
  }
}
