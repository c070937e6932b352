/** What decisions about a redrive job need to know, and no more. */
export type RedriveJob =
  { readonly status: 'unknown' } | TestedJob | RunningJob | { readonly status: 'over' };

/** Its first dead letter is redriven; the others wait for how that ends. */
export interface TestedJob extends Terms {
  readonly status: 'canary';
  readonly canary: string;
}

export interface RunningJob extends Terms {
  readonly status: 'running';
  /** Portions so far. */
  readonly step: number;
}

/** What the operator asked for, as far as it is still to be done. */
export interface Terms {
  /** Dead letters that are not requested yet, oldest first. */
  readonly left: readonly string[];
  /** Dead letters in one portion; there is one portion a second. */
  readonly rate: number;
  readonly operator: string;
  readonly reason: string;
  readonly force: boolean;
}

/** The highest rate: a portion is one transaction. */
export const MOST_A_SECOND = 1_000;

export const isOpen = (state: RedriveJob): state is TestedJob | RunningJob =>
  state.status === 'canary' || state.status === 'running';
