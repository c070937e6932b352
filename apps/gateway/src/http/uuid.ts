import type { PipeTransform } from '@nestjs/common';
import { notFound } from '../problem/problem.ts';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Reads the id in a path: a UUID, which is read in either case and written in lower case (RFC 9562, section 4). Throws 404 for
 * anything else, as nothing was ever called so.
 */
export const idOf = (what: string): PipeTransform<string, string> => ({
  transform(text) {
    const id = text.toLowerCase();
    if (!uuid.test(id)) throw notFound(`${what} ${text}`);
    return id;
  },
});
