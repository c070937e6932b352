import { execFileSync } from 'node:child_process';
import { accessSync, chownSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StackError } from '../stack-error.ts';

interface Command {
  command: string;
  args: string[];
  user?: { uid: number; gid: number };
}

/** Under which account the database server runs: it refuses to be root. */
export interface Account {
  as(command: string, args: string[]): Command;
  give(path: string): void;
}

/** The account must be able to reach `paths`: the server's programs and its data. */
export function postgresAccount(paths: string[]): Account {
  if (process.getuid?.() !== 0) return { as: (command, args) => ({ command, args }), give: () => undefined };
  const { uid, gid } = findUser() ?? createUser();
  const give = (path: string) => chownSync(path, uid, gid);
  if (paths.every(isReachable))
    return { as: (command, args) => ({ command, args, user: { uid, gid } }), give };
  return { as: (command, args) => withPassage(command, args, { uid, gid }), give };
}

/**
 * Below root's home, say, another account gets nowhere: let it pass directories that are closed to it. The secure bit is for
 * initdb, which looks with access(2) before it enters.
 */
function withPassage(command: string, args: string[], { uid, gid }: { uid: number; gid: number }): Command {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => canExecute(path));
  if (!setpriv) {
    throw new StackError(
      'PREREQUISITE_MISSING',
      'Postgres cannot run as root, and its own user cannot enter this directory: move the project to one that every user can enter.',
    );
  }
  const capability = '+dac_override';
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  return {
    command: setpriv,
    args: [...identity, `--inh-caps=${capability}`, `--ambient-caps=${capability}`, '--', command, ...args],
  };
}

function canExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isReachable(path: string): boolean {
  const parent = dirname(path);
  return parent === path || ((statSync(parent).mode & 0o001) !== 0 && isReachable(parent));
}

function findUser(): { uid: number; gid: number } | undefined {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function createUser(): { uid: number; gid: number } {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
      stdio: 'ignore',
    });
  } catch (cause) {
    throw new StackError(
      'PREREQUISITE_MISSING',
      'Postgres cannot run as root, and no user `postgres` could be created: run as an ordinary user.',
      { cause },
    );
  }
  const user = findUser();
  if (!user)
    throw new StackError('PREREQUISITE_MISSING', 'The user `postgres` was created but cannot be found.');
  return user;
}
