import { readFileSync, statSync } from 'node:fs';

export interface LogLine {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: string;
  readonly msg: string;
}

/** Where a log ends now, in bytes. */
export const endOf = (file: string) => statSync(file).size;

/** What a service has logged from there on; a line that is not whole yet is left out. */
export function linesFrom(file: string, from: number): LogLine[] {
  const lines = readFileSync(file).subarray(from).toString().split('\n');
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      return [];
    }
  });
}
