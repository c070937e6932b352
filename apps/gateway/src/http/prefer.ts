import { parse } from 'content-type';

const longestWait = 30;

/** Characters. Reading takes time that grows with their square. */
const longestHeader = 1_000;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240), at most 30. The first `wait` counts; one that is not a number is ignored, as the
 * RFC asks, and so is a header of more than 1,000 characters.
 */
export function preferredWait(header = ''): number | undefined {
  if (header.length > longestHeader) return undefined;
  for (let rest = header; rest !== '';) {
    // A preference and its parameters are written as the parameters of a media type are (RFC 9110, 5.6.6). Those without a
    // value are left out, so that a `wait` found there may stand behind the semicolon of another preference.
    const { index, parameters } = parse(`;${rest}`, { comma: true });
    const [found, equals] = /^[ \t]*wait[ \t]*(=|[;,]|$)/i.exec(rest) ?? [];
    if (found !== undefined) return equals === '=' ? secondsOf(parameters['wait']) : undefined;
    rest = rest.slice(index);
  }
  return undefined;
}

const secondsOf = (text = '') => (/^[0-9]+$/.test(text) ? Math.min(Number(text), longestWait) : undefined);
