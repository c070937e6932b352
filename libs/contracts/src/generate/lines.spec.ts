import { expect, it } from '@jest/globals';
import { lineOf } from './lines.ts';
import type { RecordSchema } from './schema.ts';

const text = `{
  "type": "record", "name": "Placed",
  "doc": "Says \\"name\\": and means nothing by it.",
  "fields": [
    { "name": "lines", "type": { "type": "array", "items": { "type": "record",
      "name": "Line",
      "fields": [
        { "name": "amount", "type": "int" },
        { "name": "price", "type": { "type": "record", "name": "Money", "fields": [
          { "name": "amount", "type": "long" }
        ] } }
      ] } } },
    { "name": "amount", "type": "int" },
    { "name": "total", "type": ["null", "Money"] }
  ]
}`;

it.each([
  [[], 2],
  [['lines'], 5],
  [['lines', '[]', 'amount'], 8],
  [['lines', '[]', 'price', 'amount'], 10],
  [['amount'], 13],
  [['total', 'amount'], 10],
  [['gone'], undefined],
])('the line of %j is %s', (path, line) => {
  expect(lineOf(text, JSON.parse(text) as RecordSchema, path)).toBe(line);
});
