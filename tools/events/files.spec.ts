import { describe, expect, it } from '@jest/globals';
import { committed, generatedFiles } from './files.ts';

const files = await generatedFiles();

describe('what is told of commands and events', () => {
  it.each([...files.keys()])('is what contracts, catalogue and handlers say: %s', (path) => {
    if (committed(path) !== files.get(path)) throw new Error(`${path} is out of date: npm run docs:events`);
    expect(committed(path)).toBe(files.get(path));
  });
});
