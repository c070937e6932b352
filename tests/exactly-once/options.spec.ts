import { describe, expect, it } from '@jest/globals';
import { commandLine } from '../../tools/command-line.ts';
import { numbered } from './faults/index.ts';
import { readOptions, usage } from './options.ts';

const read = (...args: string[]) => readOptions(args, numbered());

describe('the options of the fault tests', () => {
  it('choose faults by their numbers, the rotation included', () => {
    expect(read('--only', '1,12').only).toEqual([1, 12]);
    expect(read().only).toBeUndefined();
  });

  it('choose the rotation alone for a soak, longer and with more under way', () => {
    expect(read('--soak')).toMatchObject({ only: [], minutes: 30, inFlight: 400, share: 1 });
  });

  it('refuse the number of no fault, and list the faults (a run without any had been made)', () => {
    expect(() => read('--only', '1,99')).toThrow('--only 99 is the number of no fault. The faults are:\n');
    expect(() => read('--only', '99')).toThrow(
      /^ {3}1 {2}a worker killed at each point of its transaction$/m,
    );
    expect(() => read('--only', '99')).toThrow(/^ {2}12 {2}all of it, seeded, another every 30 s$/m);
    expect(() => read('--only', '99')).toThrow(/^ {2}17 {2}the only broker paused, Kafka 4\.3\.1/m);
  });

  it('are listed when there is one that nobody knows', () => {
    expect(() => commandLine(usage, (args) => readOptions(args, numbered()), ['--nonsense'])).toThrow(
      'Usage: npm run test:faults -- ',
    );
  });

  it.each(['only', 'share'])('refuse --%s in a soak, which injects all of them', (name) => {
    expect(() => read('--soak', `--${name}`, '1')).toThrow(`--soak and --${name} exclude each other`);
  });

  it.each([
    ['--seed', '0x10', '--seed 0x10 is not a whole number from 0 on.'],
    ['--share', '1e-1', '--share 1e-1 is not a number from 0.01 on.'],
    ['--only', 'one', '--only one is not a whole number from 1 on.'],
    ['--share', '0', '--share 0 is not a number from 0.01 on.'],
    ['--slack', '0.5', '--slack 0.5 is not a number from 1 on.'],
    ['--in-flight', '1.5', '--in-flight 1.5 is not a whole number from 1 on.'],
  ])('refuse what is no number: %s %s', (name, value, sentence) => {
    expect(() => read(name, value)).toThrow(sentence);
  });
});
