import type { Outage } from '../../failures/outage.ts';
import { HaltError, PositionError, RecordTooLarge } from '../../log/errors.ts';
import { WaitsForRelease } from '../../serde/unknown-records.ts';
import { HandlerStuck, type Turn } from './turn.ts';

/** What a worker does with its partition. */
export type Mode =
  /** It is being assigned for the first time. */
  | { readonly type: 'starting' }
  | { readonly type: 'working' }
  /** It begins anew after so many milliseconds. */
  | {
      readonly type: 'backing-off';
      readonly reason: string;
      readonly ms: number;
      /** It meets the same record again, which nobody but another release handles. */
      readonly held: boolean;
    }
  /** It begins anew, at once, with fewer records at a time. */
  | { readonly type: 'splitting'; readonly reason: string }
  /** It begins anew when a dependency is there again, or when it is its turn to try; and where it met the outage. */
  | {
      readonly type: 'waiting-for';
      readonly reason: string;
      readonly outage: Outage;
      readonly met: Step['type'];
    }
  /** It has begun anew, and only a batch that is handled shows that what happened is over. */
  | { readonly type: 'trying'; readonly reason: string; readonly outage: Outage | undefined }
  /** For good; without a reason when it was told to. */
  | { readonly type: 'stopped'; readonly reason: string | undefined };

/** The step that it is at; its handler's turn, where it is one's. */
export type Step =
  | { readonly type: 'assigning' }
  | { readonly type: 'taking' }
  | { readonly type: 'handling'; readonly turn: Turn }
  | { readonly type: 'settling'; readonly turn: Turn };

export interface WorkerState {
  readonly mode: Mode;
  /** Records of a batch at most: fewer after the broker refused one as too large, more again with each success. */
  readonly limit: number;
  /** How long it would wait after the next failure. */
  readonly backoffMs: number;
  /** Handlers that hung since the last success. */
  readonly hangs: number;
}

/** What has failed: with which error, at what, and the outage that the error is about. */
export interface Failed {
  readonly error: Error;
  readonly at: Step['type'];
  readonly outage: Outage | undefined;
}

/** What is given for a worker. */
export interface WorkerLimits {
  readonly maxBatch: number;
  readonly handlerTimeoutMs: number;
}

const FIRST_BACKOFF_MS = 50;
const LAST_BACKOFF_MS = 5_000;
/** The longest wait after a handler hung again: each time leaves one of its calls behind that nobody can end. */
const LAST_HANG_BACKOFF_MS = 300_000;

export const begun = ({ maxBatch }: WorkerLimits): WorkerState => ({
  mode: { type: 'starting' },
  limit: maxBatch,
  backoffMs: FIRST_BACKOFF_MS,
  hangs: 0,
});

/** The outage that it waits for, or tries for. */
export const outageOf = ({ mode }: WorkerState) => ('outage' in mode ? mode.outage : undefined);

/** It has failed more than once in a row. */
export const failsAgain = ({ backoffMs }: WorkerState) => backoffMs > 2 * FIRST_BACKOFF_MS;

/** The partition was assigned, and its state restored. There may be nothing to handle that would show it. */
export function assigned(state: WorkerState): WorkerState {
  const { mode, hangs } = state;
  const outage = mode.type === 'waiting-for' && mode.met !== 'assigning' ? mode.outage : undefined;
  const held = mode.type === 'backing-off' && mode.held;
  const onTrial = (outage !== undefined || held || hangs > 0) && 'reason' in mode;
  if (!onTrial) return { ...state, mode: { type: 'working' } };
  return { ...state, mode: { type: 'trying', reason: mode.reason ?? '', outage } };
}

/** There is nothing to try with. What was wrong is somebody else's to find out. */
export const excused = (state: WorkerState): WorkerState => ({
  ...state,
  mode: { type: 'working' },
  hangs: 0,
});

/** A batch was handled, or something that was owed, and is durable. */
export const succeeded = (state: WorkerState): WorkerState => ({
  ...state,
  mode: { type: 'working' },
  backoffMs: FIRST_BACKOFF_MS,
  hangs: 0,
});

export const grown = (state: WorkerState, { maxBatch }: WorkerLimits): WorkerState => ({
  ...state,
  limit: Math.min(Math.ceil(state.limit * 1.1), maxBatch),
});

/** What a failure asks for. Nothing is skipped: whatever it is, it begins anew or stops for good. */
export function failed(state: WorkerState, failure: Failed, limits: WorkerLimits): WorkerState {
  const { error, at, outage } = failure;
  const reason = outage ? `${outage.dependency} is down: ${error.message}` : error.message;
  const stopped: WorkerState = { ...state, mode: { type: 'stopped', reason } };
  if (error instanceof PositionError || error instanceof HaltError) return stopped;
  if (error instanceof RecordTooLarge && at !== 'settling') {
    if (state.limit === 1) return stopped;
    return { ...state, limit: Math.ceil(state.limit / 2), mode: { type: 'splitting', reason } };
  }
  const careful = error instanceof HandlerStuck ? slowedDown(state, limits) : state;
  if (outage) return { ...careful, mode: { type: 'waiting-for', reason, outage, met: at } };
  const { backoffMs: ms } = careful;
  return {
    ...careful,
    mode: { type: 'backing-off', reason, ms, held: error instanceof WaitsForRelease },
    backoffMs: Math.min(ms * 2, LAST_BACKOFF_MS),
  };
}

/** One record at a time, so that the reason names the one that hangs; a first hang may be chance and costs no wait. */
function slowedDown(state: WorkerState, { handlerTimeoutMs }: WorkerLimits): WorkerState {
  const { hangs, backoffMs } = state;
  const wait = Math.min(hangs * handlerTimeoutMs, LAST_HANG_BACKOFF_MS);
  return { ...state, limit: 1, hangs: hangs + 1, backoffMs: Math.max(backoffMs, wait) };
}
