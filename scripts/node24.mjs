import { spawn } from 'node:child_process';
import { clearInterval, setInterval } from 'node:timers';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';

const executable = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/**
 * Runs the Node 24 that is among the dependencies, whatever Node the user has, and returns its exit code. Signals are passed
 * on; the channel between the two tells the child when this process is gone.
 */
export function runOnNode24(args, { channel = false } = {}) {
  const child = spawn(executable, args, {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
    env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}` },
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
