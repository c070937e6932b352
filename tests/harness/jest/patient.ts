import { jest } from '@jest/globals';
import { CEILING_MS } from '@atelier/local-stack';

/**
 * Specs of the real parts have no limit that would measure the machine: their waits give up what stands still. This is
 * for what hangs without any of these waits, and later than all of them.
 */
jest.setTimeout(2 * CEILING_MS);
