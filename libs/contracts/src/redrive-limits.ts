/** After so many redrives of a dead letter another one needs force. */
export const REDRIVE_LIMIT = 5;

/** So many days after a failure its redrive needs force: what it was about may be long settled otherwise. */
export const REDRIVE_DAYS = 7;

/** Whether a redrive needs force because of its failure's time. Both in milliseconds since 1970-01-01 UTC. */
export const isTooOldToRedrive = (failedAt: number, now: number) => failedAt < oldestToRedrive(now);

/** The oldest time of a failure, in milliseconds since 1970-01-01 UTC, whose redrive needs no force. */
export const oldestToRedrive = (now: number) => now - REDRIVE_DAYS * 24 * 60 * 60 * 1_000;
