import { ConfigurationError } from './errors.ts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration as it is written: a whole number and its unit, such as `500ms`, `2s`, `15m`, `1h` or `7d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** The milliseconds of a duration; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const { count, unit } = /^(?<count>\d+)(?<unit>ms|s|m|h|d)$/.exec(text)?.groups ?? {};
  if (count === undefined || unit === undefined) return undefined;
  const milliseconds = Number(count) * (UNITS[unit] as number);
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}

/** Milliseconds. Throws ConfigurationError, which shows how to write it. */
export function milliseconds(duration: Duration): number {
  const parsed = parseDuration(duration);
  if (parsed !== undefined) return parsed;
  throw new ConfigurationError(
    'NOT_A_DURATION',
    `${duration} is not a duration: write a whole number and its unit, like 500ms, 2s, 15m, 1h or 7d`,
    { fields: { duration } },
  );
}
