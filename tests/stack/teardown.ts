import { rm } from 'node:fs/promises';
import type { Stack } from '@atelier/local-stack';

export default async function teardown(): Promise<void> {
  const { stack, stackDataDir } = globalThis as unknown as { stack: Stack; stackDataDir: string };
  await stack.stop();
  await rm(stackDataDir, { recursive: true, force: true });
}
