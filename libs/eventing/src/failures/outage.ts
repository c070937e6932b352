/** Of outages: whoever meets one waits until it seems to be over, and one at a time tries. */
export interface Outages {
  /** The outage that this error is about, or undefined; `before` is the one in which it was a try, if it was. */
  met(error: Error, before?: Outage): Outage | undefined;
}

export interface Outage {
  readonly dependency: string;
  /** Resolves when it is over, or when it is the caller's turn to try. */
  tryAgain(signal: AbortSignal): Promise<void>;
  /** The try succeeded: it is over for everybody. */
  over(): void;
  /** The caller tries no more. */
  leave(): void;
}
