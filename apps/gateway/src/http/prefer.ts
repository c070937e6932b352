import { readHeader } from './header-grammar.ts';

const longestWait = 30;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240), at most 30. The first `wait` counts; one that is not a number is ignored, as the
 * RFC asks, and so is a header that does not follow its grammar.
 */
export function preferredWait(header: string | undefined): number | undefined {
  const wait = readHeader('Prefer', header)?.find(({ name }) => name === 'wait')?.value ?? '';
  return /^[0-9]+$/.test(wait) ? Math.min(Number(wait), longestWait) : undefined;
}
