export { FAILURE, isBatch, originalOf, readFailure } from './failure-headers.ts';
export { DeclaredOutage } from './classification.ts';
export { TooManyParked } from './parked-keys.ts';
export type { BriefAttempt, FailedAttempt, Failure, Place } from './failure.ts';
export { failureId } from './failure.ts';
export { type DeadLetterAt, findDeadLetter, findDeadLetters } from './find-dead-letters.ts';
export type { DeadLetterFacts, FailureReports } from './reporter.ts';
