/** Moments of a partition's work at which a fault test or a workshop may stop the process. */
export const FAILPOINTS = [
  'after-fence',
  'after-send',
  'after-offsets',
  'before-commit',
  'after-commit',
  'before-state-write',
  'after-effect',
] as const;

export type FailpointName = (typeof FAILPOINTS)[number];

/** Called at each moment; does nothing unless it was armed. */
export type Failpoint = (name: FailpointName) => Promise<void>;
