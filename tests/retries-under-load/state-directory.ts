import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';

/**
 * For what the effect remembers, in memory where the system has that: at each record it waits until its disk has it, and
 * how fast a disk is would be measured instead of what failures do.
 */
export const stateDirectory = () => (existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir());
