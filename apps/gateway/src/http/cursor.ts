import { z } from 'zod';

/**
 * Whatever is spelled so is a place in the list: a client that makes one up begins somewhere, and meets no error. As long as the
 * request line may be: in the log are ids from before they had a limit.
 */
const spelled = (pattern: RegExp) => z.string().regex(pattern, 'not one that was given out here');

const hexOf = (text: string) => Buffer.from(text).toString('hex');
/** Postgres takes no text with a zero in it. */
const textOf = (hex: string) => Buffer.from(hex, 'hex').toString().replaceAll('\0', '');

/** Where a page ended: the next page begins after it. Opaque to clients. Of a list that is ordered by a text. */
export const textCursor = spelled(/^([0-9a-f]{2})*$/).transform(textOf);
export const cursorAtText = hexOf;

/** The same of a list that is ordered by time, and by id among those of one moment. Postgres has all these times. */
export const timeCursor = spelled(/^(-[0-9]{1,14}|[0-9]{1,15})\.([0-9a-f]{2})*$/).transform((place) => {
  const [time, id = ''] = place.split('.');
  return { time: new Date(Number(time)), id: textOf(id) };
});
export type TimeAndId = z.output<typeof timeCursor>;
export const cursorAtTime = (time: string, id: string) => `${Date.parse(time)}.${hexOf(id)}`;

/** The same of a list whose entries are numbered. */
export const numberCursor = spelled(/^[0-9]{1,9}$/).transform(Number);

/** As a query's parameter. */
export const after = <Cursor extends z.ZodType>(cursor: Cursor) =>
  cursor.optional().describe('`next` of the page before');
