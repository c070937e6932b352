import { z } from 'zod';
import { after, numberCursor } from '../http/cursor.ts';
import { instant, int64, limit, number32, number64, plainText, topicName } from '../http/fields.ts';

const place = {
  topic: z.string(),
  partition: z.int(),
  offset: int64,
  lastOffset: int64.describe('The same, except of a batch that cannot be read: its last one'),
};

const decision = z.object({ operator: z.string(), reason: z.string(), at: instant });

export const ignoredRecord = z.object({ ...place, decision }).meta({ id: 'IgnoredRecord' });
export type IgnoredRecord = z.infer<typeof ignoredRecord>;

const bytes = z.string().nullable().describe('Hexadecimal digits');

export const shownRecord = z
  .object({
    found: z.boolean(),
    why: z.string().optional().describe('Why it was not found'),
    timestamp: instant.optional(),
    key: bytes.optional(),
    value: bytes.optional(),
    headers: z.array(z.object({ name: z.string(), value: bytes })).optional(),
  })
  .describe('As it stands in its partition, byte for byte')
  .meta({ id: 'ShownRecord' });
export type ShownRecord = z.infer<typeof shownRecord>;

export const ignoredPage = z
  .object({
    items: z.array(z.object({ ...place, decision, record: shownRecord })),
    next: z.string().nullable().describe('The cursor of the next page'),
  })
  .meta({ id: 'IgnoredRecordPage' });
export type IgnoredPage = z.infer<typeof ignoredPage>;

/** Few at a time: a record may have a megabyte. */
export const ignoredFilter = z.strictObject({
  limit: limit(20, 20),
  cursor: after(numberCursor),
});
export type IgnoredFilter = z.infer<typeof ignoredFilter>;

export const placeParams = z.object({
  topic: topicName,
  partition: number32,
  offset: number64,
});
export type PlaceParams = z.infer<typeof placeParams>;

export const ignoreRequest = z
  .strictObject({
    reason: plainText(500).describe('Why, for those who read the list'),
    force: z
      .boolean()
      .default(false)
      .describe('Also a record that says which version of an aggregate it is, and is none all the same'),
  })
  .meta({ id: 'IgnoreRequest' });
export type IgnoreRequest = z.infer<typeof ignoreRequest>;
