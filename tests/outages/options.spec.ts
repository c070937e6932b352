import { expect, it } from '@jest/globals';
import { commandLine } from '../../tools/command-line.ts';
import { readOptions, usage } from './options.ts';

it('measures everything unless told otherwise', () => {
  expect(readOptions([])).toMatchObject({
    scenarios: ['outages', 'redrive'],
    seconds: 120,
    letters: 10_000,
    rate: 500,
    kills: 8,
  });
  expect(readOptions(['redrive', '--letters', '50', '--seed', '7'])).toMatchObject({
    scenarios: ['redrive'],
    letters: 50,
    seed: 7,
  });
});

it('answers an option that nobody knows with what there is', () => {
  const nonsense = () => commandLine(usage, readOptions, ['--nonsense']);
  expect(nonsense).toThrow('Usage: npm run test:outages -- ');
});

it.each([
  ['a measurement that is none', ['outage'], 'There is no measurement outage: there are outages and redrive'],
  ['no time', ['outages', '--seconds', '0'], '--seconds 0 is not a whole number from 1 on'],
  ['digits that are not decimal', ['--rate', '0x10'], '--rate 0x10 is not a whole number from 1 on'],
  ['a text for a number', ['--letters', 'many'], '--letters many is not a whole number'],
])('refuses %s', (_, args, sentence) => {
  expect(() => readOptions(args)).toThrow(sentence);
});
