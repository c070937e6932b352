/** What KafkaJS has of each connection: requests that wait to be sent, or for an answer. Internal to that package. */
export interface RequestQueue {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly enforceRequestTimeout: boolean;
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, SentRequest>;
  readonly isConnected: () => boolean;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
  destroy(): void;
}

interface SentRequest {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

const CHECK_PENDING_MS = 10;
/** Milliseconds between two looks for requests that are late. */
const LOOK_MS = 100;

const watched = new Set<RequestQueue>();
let looking: NodeJS.Timeout | undefined;

/** Takes its timers from KafkaJS, but for those that are needed. */
export function quieten(prototype: RequestQueue): void {
  prototype.scheduleCheckPendingRequests = scheduleCheck;
  prototype.scheduleRequestTimeoutCheck = watch;
  const { destroy } = prototype;
  prototype.destroy = function forgetAndDestroy() {
    forget(this);
    destroy.call(this);
  };
}

/**
 * KafkaJS arms this timer for every request, with a delay that is negative unless the broker throttles: Node 24
 * warns of each. Here it is armed only while requests wait, and never for the past.
 */
function scheduleCheck(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId || this.pending.length === 0) return;
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    Math.max(CHECK_PENDING_MS, this.throttledUntil - Date.now()),
  );
}

/** KafkaJS looks ten times a second at each connection, with a timer of its own, whatever happens there. Here one looks at all. */
function watch(this: RequestQueue): void {
  if (!this.enforceRequestTimeout) return;
  watched.add(this);
  looking ??= setInterval(lookAtAll, LOOK_MS);
}

function forget(queue: RequestQueue): void {
  watched.delete(queue);
  if (watched.size > 0) return;
  clearInterval(looking);
  looking = undefined;
}

function lookAtAll(): void {
  const now = Date.now();
  for (const queue of [...watched]) {
    for (const request of [...queue.inflight.values()])
      if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
    if (!queue.isConnected()) forget(queue);
  }
}
