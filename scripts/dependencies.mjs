import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logEnd } from './log-end.mjs';
import { cacheDir, node24, root } from './paths.mjs';

const lockFile = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.installed-lock');
const npmsOwnRecord = join(root, 'node_modules', '.package-lock.json');

/** True when what is installed is what the lock file says. */
export function areInstalled() {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  if (besideWorkspaces(packages).some((path) => !existsSync(join(root, path)))) return false;
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === lockHash();
  // Installed by hand: npm writes its record last, so it is younger than the lock file that it followed.
  return existsSync(npmsOwnRecord) && statSync(npmsOwnRecord).mtimeMs >= statSync(lockFile).mtimeMs;
}

/**
 * Paths of packages that npm puts beside the workspace that needs another version than the others: whoever keeps or copies only
 * `node_modules`, as caches do, does not have them.
 */
export function besideWorkspaces(packages) {
  return Object.entries(packages)
    .filter(([path, { optional }]) => /^(?!node_modules\/).*\/node_modules\//.test(path) && !optional)
    .map(([path]) => path);
}

/** Installs exactly what the lock file says. What npm prints goes to a log file; its end is in the error. */
export async function installDependencies() {
  const logFile = join(cacheDir, 'logs', 'npm-ci.log');
  const hash = lockHash();
  const code = await run(logFile);
  if (code !== 0) {
    throw new Error(`npm could not install the dependencies. ${logEnd(logFile)}`);
  }
  if (!existsSync(node24)) {
    throw new Error(
      'npm installed the dependencies without their own install scripts, which bring Node 24 and Postgres: npm config set ignore-scripts false, then try again.',
    );
  }
  writeFileSync(stamp, hash);
}

function run(logFile) {
  mkdirSync(join(cacheDir, 'logs'), { recursive: true });
  const log = openSync(logFile, 'w');
  return new Promise((resolve) => {
    // With NODE_ENV=production npm would leave out what builds and runs the platform.
    const npm = spawn('npm', ['ci', '--include=dev'], {
      cwd: root,
      stdio: ['ignore', log, log],
      shell: process.platform === 'win32',
    });
    npm.once('error', () => resolve(1));
    npm.once('close', (code) => resolve(code ?? 1));
  }).finally(() => closeSync(log));
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}
