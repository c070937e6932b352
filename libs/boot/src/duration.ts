const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(?<count>\d+)(?<unit>ms|s|m|h|d)$/;

/** The milliseconds of a duration like `500ms`, `2s`, `15m`, `1h` or `7d`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const { count, unit } = pattern.exec(text)?.groups ?? {};
  const total = Number(count) * milliseconds[unit as keyof typeof milliseconds];
  return Number.isSafeInteger(total) ? total : undefined;
}
