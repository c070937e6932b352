import { describe, expect, it } from '@jest/globals';
import { closingLine } from './closing-line.mjs';

describe('the closing line of a test run', () => {
  it.each([
    [
      'all pass',
      { numPassedTests: 12, numFailedTests: 0, numRuntimeErrorTestSuites: 0 },
      0,
      '12 passed, 0 failed',
    ],
    [
      'some fail',
      { numPassedTests: 10, numFailedTests: 2, numRuntimeErrorTestSuites: 0 },
      1,
      '10 passed, 2 failed',
    ],
    [
      'a suite could not run',
      { numPassedTests: 10, numFailedTests: 1, numRuntimeErrorTestSuites: 1 },
      1,
      '10 passed, 2 failed',
    ],
    [
      'Jest failed for another reason',
      { numPassedTests: 10, numFailedTests: 0, numRuntimeErrorTestSuites: 0 },
      1,
      '10 passed, 1 failed',
    ],
    ['Jest did not run', undefined, 1, '0 passed, 1 failed'],
  ])('when %s', (_, results, exitCode, line) => expect(closingLine(results, exitCode).line).toBe(line));
});
