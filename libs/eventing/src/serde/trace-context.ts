/** The header of a record's W3C Trace Context. Its copies keep it, like all headers of its own: dead letters, too. */
export const TRACEPARENT = 'traceparent';

const shape =
  /^(?<version>[\da-f]{2})-(?<trace>[\da-f]{32})-(?<parent>[\da-f]{16})-(?<flags>[\da-f]{2})(?<more>-.*)?$/;
const isZero = (digits: string) => /^0+$/.test(digits);

/**
 * The trace that a `traceparent` names (W3C Trace Context, level 1, section 3.2); undefined for one that is invalid, which is as
 * if there was none. Of a version to come the fields of version 00 are read, and passed on as version 00: more of it is not known.
 * `parseTraceParent` of @opentelemetry/core (2.x) takes a space or a line break before and behind it, too, which the grammar does not
 * have, and which nobody takes away from the header of a record.
 */
export function traceparentOf(text: string | undefined): string | undefined {
  const fields = shape.exec(text ?? '')?.groups;
  if (!fields) return undefined;
  const { version = '', trace = '', parent = '', flags = '', more } = fields;
  if (version === 'ff' || isZero(trace) || isZero(parent)) return undefined;
  if (version === '00') return more === undefined ? text : undefined;
  const sampled = Number.parseInt(flags, 16) & 1;
  return `00-${trace}-${parent}-0${sampled}`;
}
