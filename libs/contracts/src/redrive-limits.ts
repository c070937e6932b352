/** After so many redrives of a dead letter another one needs force. */
export const REDRIVE_LIMIT = 5;

/** After so many days a failure needs force: what it was about may be long settled otherwise. */
export const REDRIVE_DAYS = 7;

/** Whether a failure is older than that. Both in milliseconds since 1970-01-01 UTC. */
export const isTooOldToRedrive = (failedAt: number, now: number) => failedAt < oldestToRedrive(now);

/** The oldest time of a failure, in milliseconds since 1970-01-01 UTC, that needs no force. */
export const oldestToRedrive = (now: number) => now - REDRIVE_DAYS * 24 * 60 * 60 * 1_000;
