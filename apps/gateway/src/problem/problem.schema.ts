import { z } from 'zod';

/** RFC 9457, as every error is answered. */
export const problemSchema = z
  .looseObject({
    type: z.string().describe('`urn:atelier:problem:` and what kind it is'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with which field'),
  })
  .meta({ id: 'Problem' });
