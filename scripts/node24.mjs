import { spawn } from 'node:child_process';
import { clearInterval, setInterval } from 'node:timers';
import { delimiter, join } from 'node:path';
import { cacheDir, node24, root } from './paths.mjs';

/**
 * Runs the Node 24 that is among the dependencies, whatever Node the user has, and returns its exit code. Signals are passed
 * on; the channel between the two tells the child when this process is gone.
 */
export function runOnNode24(args, { channel = false } = {}) {
  const child = spawn(node24, args, {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
    env: environment(process.env),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  whenNpmEnds(() => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`Node 24 could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * The user's, without what would lead elsewhere: databases are named by URLs alone, and no proxy is asked for this machine. What Node
 * has compiled is kept.
 */
export function environment(users) {
  const kept = Object.entries(users).filter(([name]) => !/^PG[A-Z]/.test(name));
  const direct = ['127.0.0.1', 'localhost', users.no_proxy ?? users.NO_PROXY].filter(Boolean).join();
  return {
    ...Object.fromEntries(kept),
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${users.PATH}`,
    NO_PROXY: direct,
    no_proxy: direct,
    // To compile what it imports is much of a start.
    NODE_COMPILE_CACHE: users.NODE_COMPILE_CACHE ?? join(cacheDir, 'compiled'),
  };
}

/** npm runs a script through a shell, and a signal to npm ends only that shell: then our parent is another. */
function whenNpmEnds(stop) {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    stop();
  }, 500);
  watch.unref();
}
