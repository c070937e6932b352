import { describe, expect, it } from '@jest/globals';
import * as fault from './break/options.ts';
import { commandLine } from './command-line.ts';
import * as demo from './demo/options.ts';

describe('a command line with something that nobody knows', () => {
  it.each<[string, string, (args: readonly string[]) => unknown]>([
    ['demo', demo.usage, demo.readOptions],
    ['fault', fault.usage, fault.readWanted],
  ])('of npm run %s is answered with what there is', (name, usage, read) => {
    expect(() => commandLine(usage, read, ['--nonsense'])).toThrow(`Usage: npm run ${name} -- `);
  });
});
