import { rm } from 'node:fs/promises';
import type { Stack } from '@atelier/local-stack';
import { runDirectory } from './kept-logs.ts';

/** Stops the shared parts. What the run has written stays when a spec has failed. */
export default async function teardown(): Promise<void> {
  const { stack, keptLogs } = globalThis as unknown as { stack: Stack; keptLogs?: boolean };
  await stack.stop();
  const directory = runDirectory();
  if (directory && !keptLogs) await rm(directory, { recursive: true, force: true });
}
