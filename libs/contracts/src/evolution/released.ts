import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Problem } from '../generate/problems.ts';

const run = promisify(execFile);

/** Until then versions were changed in place: nobody kept data that was written with them. */
const SINCE = '2026-11-30T00:00:00Z';
const MOST_OUTPUT = 64 * 1024 * 1024;

export interface Comparison {
  readonly problems: readonly Problem[];
  /** How many versions are released; undefined: there is no history to compare with. */
  readonly released?: number;
  /** Why there is none. */
  readonly withoutHistory?: string;
  /** There is one, and this clone has only the end of it. */
  readonly isShallow?: boolean;
}

/**
 * Compares the schema files with git's history: a version is released with the first commit of the branch that has it (its first
 * parents: what is merged counts as one commit), and from then on it is neither changed nor removed. Drafts are amended, or squashed
 * before they are merged. White space does not count.
 */
export async function compareWithHistory(dir: URL): Promise<Comparison> {
  const path = fileURLToPath(dir);
  const git = async (...args: readonly string[]) =>
    (await run('git', ['-C', path, ...args], { maxBuffer: MOST_OUTPUT })).stdout;
  try {
    if ((await git('rev-parse', '--is-shallow-repository')).trim() === 'true')
      return {
        problems: [],
        withoutHistory: 'this clone has only the last commits (git fetch --unshallow)',
        isShallow: true,
      };
    await git('rev-parse', '--verify', 'HEAD');
  } catch {
    return { problems: [], withoutHistory: 'this is no git repository with commits' };
  }
  const released = await releasedFiles(git);
  const problems = await Promise.all(
    [...released].map(async ([file, blob]): Promise<readonly Problem[]> => {
      const text = await readFile(join(path, file), 'utf8').catch(() => undefined);
      if (text === undefined)
        return [{ file, text: 'was released, and is gone: put it back, records are read with it for ever' }];
      if (blob === blobOf(text) || isSame(await git('cat-file', 'blob', blob), text)) return [];
      const changed = `was changed after its release: put it back, and write the change into the next version (npm run schemas:new ${typeOf(file)})`;
      return [{ file, text: changed }];
    }),
  );
  return { problems: problems.flat(), released: released.size };
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
