import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** How much all files of a directory hold; nothing when it is not there. */
export function bytesIn(directory: string): number {
  try {
    const sizes = readdirSync(directory).map((file) => statSync(join(directory, file)).size);
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}
