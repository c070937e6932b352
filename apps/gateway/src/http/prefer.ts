const longestWait = 30;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240), at most 30. The first `wait` counts; one that is not a number
 * is ignored, as the RFC asks.
 */
export function preferredWait(header: string | undefined): number | undefined {
  for (const preference of header?.split(/[,;]/) ?? []) {
    const [name, value] = preference.split('=', 2).map((part) => part.trim());
    if (name?.toLowerCase() !== 'wait') continue;
    const digits = /^"?(\d+)"?$/.exec(value ?? '')?.[1];
    return digits === undefined ? undefined : Math.min(Number(digits), longestWait);
  }
  return undefined;
}
