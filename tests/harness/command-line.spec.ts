import { describe, expect, it } from '@jest/globals';
import * as demo from '../demo/options.ts';
import * as fault from '../fault/options.ts';
import { numbered } from '../faults/faults/index.ts';
import * as faults from '../faults/options.ts';
import * as failures from '../failures/options.ts';
import * as outages from '../outages/options.ts';
import { commandLine } from './command-line.ts';

describe('a command line with something that nobody knows', () => {
  it.each<[string, string, (args: readonly string[]) => unknown]>([
    ['demo', demo.usage, demo.readOptions],
    ['fault', fault.usage, fault.readWanted],
    ['test:faults', faults.usage, (args) => faults.readOptions(args, numbered())],
    ['test:failures', failures.usage, failures.readOptions],
    ['test:outages', outages.usage, outages.readOptions],
  ])('of npm run %s is answered with what there is', (name, usage, read) => {
    expect(() => commandLine(usage, read, ['--nonsense'])).toThrow(`Usage: npm run ${name} -- `);
  });
});
