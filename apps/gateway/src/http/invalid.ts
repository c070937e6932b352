import type { StandardSchemaValidationPipe } from '@nestjs/common';
import { malformed, type Problem } from '../problem/problem.ts';

type Options = NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>;
type Issue = Parameters<NonNullable<Options['exceptionFactory']>>[0][number];

const mostErrors = 20;

/** The problem of a request that its schema refuses: every message names its field. */
export function invalid(issues: readonly Issue[]): Problem {
  const errors = issues.flatMap(fieldErrors).slice(0, mostErrors);
  const detail = errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ');
  return malformed(detail, { errors });
}

/** The validator says it so, of whatever type the value should have been. */
const isMissing = (message: string) => message.endsWith('received undefined');

function fieldErrors({ path = [], message, ...issue }: Issue) {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part));
  const fieldAt = (...more: string[]) => [...names, ...more].join('.');
  if (!('keys' in issue)) return [{ field: fieldAt(), message: isMissing(message) ? 'Required' : message }];
  const unknown = issue.keys as readonly string[];
  return unknown.map((key) => ({ field: fieldAt(key), message: 'Unknown here' }));
}
