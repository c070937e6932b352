/**
 * The last line of a test run, from Jest's results and its exit code. A suite that could not run counts as one failure, and
 * so does anything else that made Jest fail.
 */
export function closingLine(results, exitCode) {
  const passed = results?.numPassedTests ?? 0;
  const counted = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  const failed = exitCode === 0 ? counted : Math.max(1, counted);
  return { failed, line: `${passed} passed, ${failed} failed` };
}
