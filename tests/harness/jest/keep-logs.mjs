import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { shellWord } from '../../../scripts/shell-word.mjs';
import { directoriesOf, runDirectory } from './kept-logs.ts';

/** A reporter of Jest: removes what passing spec files have left, keeps that of failing ones, and has their messages name it. */
export default class KeepLogs {
  #rootDir;
  #failed = false;

  constructor({ rootDir }) {
    this.#rootDir = rootDir;
  }

  /** Comes before the reporter that prints the message. */
  onTestResult({ path }, result) {
    const own = directoriesOf(relative(this.#rootDir, path));
    const run = runDirectory();
    if (own === undefined || run === undefined) return;
    if (!result.failureMessage) {
      rmSync(own, { recursive: true, force: true });
      return;
    }
    this.#failed = true;
    const kept = [
      ...(existsSync(own) ? [`What this file started has its logs and data in ${shellWord(own)}`] : []),
      `The logs of the shared broker, registry, database and mail server are in ${shellWord(join(run, 'stack', 'logs'))}`,
    ];
    result.failureMessage = [result.failureMessage, ...kept.map((line) => `  ${line}`), ''].join('\n');
  }

  /** Before the stack is stopped. */
  onRunComplete() {
    globalThis.keptLogs = this.#failed;
  }
}
