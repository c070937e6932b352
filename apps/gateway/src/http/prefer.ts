import { parse } from 'content-type';

const longestWait = 30;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240), at most 30. The first `wait` counts; one that is not a number
 * is ignored, as the RFC asks.
 */
export function preferredWait(header: string | undefined): number | undefined {
  for (const [name, value] of preferences(header ?? '')) {
    if (name !== 'wait') continue;
    return /^[0-9]+$/.test(value) ? Math.min(Number(value), longestWait) : undefined;
  }
  return undefined;
}

/** Each preference and its value, without its parameters: those stand behind semicolons, and are about it alone. */
function* preferences(header: string): Generator<readonly [name: string, value: string]> {
  for (let rest = header; rest !== '';) {
    // A preference and its parameters are written as the parameters of a media type are (RFC 9110, 5.6.6).
    const { index, parameters } = parse(`;${rest}`, { comma: true });
    const [, name = '', equals] = /^([^=;,]*)(=?)/.exec(rest) ?? [];
    const key = name.trim().toLowerCase();
    yield [key, equals ? (parameters[key] ?? '') : ''];
    rest = rest.slice(index);
  }
}
