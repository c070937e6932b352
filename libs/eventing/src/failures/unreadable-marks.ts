import type { Log } from '../log/log.ts';
import { withTimeout } from '../time/waiting.ts';
import type { ParkedTopic } from './parked-topic.ts';

const LOOK_EVERY_MS = 30_000;
const LOOK_MS = 10_000;
/** More are only counted. */
const MOST = 3;

/**
 * What stands on a topic of marks and is none, as long as it stands there: told in the log once, and to whoever asks. It is
 * looked for again as long as some is left, or keys are parked, whose marks it may cover.
 */
export class UnreadableMarks {
  private readonly parked: { readonly size: number };
  private readonly warn: (text: string) => void;
  private readonly everyMs: number;
  private readonly closing = new AbortController();
  private all: readonly string[] = [];
  private beneath: readonly string[] = [];
  /** Reads on from what the assignment has read. */
  private topic: ParkedTopic | undefined;
  private log: Log | undefined;
  private watching = false;
  private stopTimer: () => void = () => undefined;

  constructor(parked: { readonly size: number }, warn: (text: string) => void, everyMs = LOOK_EVERY_MS) {
    this.parked = parked;
    this.warn = warn;
    this.everyMs = everyMs;
  }

  get notices(): string[] {
    const more = this.all.length - MOST;
    return [...this.all.slice(0, MOST), ...(more > 0 ? [`${more} more of this kind`] : [])];
  }

  /** Keys whose mark stands beneath, and was not written again. */
  get covered(): readonly string[] {
    return this.beneath;
  }

  /** The marks of these keys were written again. */
  uncovered(keys: readonly string[]): void {
    this.beneath = this.beneath.filter((key) => !keys.includes(key));
  }

  /** What an assignment has just read. */
  found(log: Log, topic: ParkedTopic): void {
    this.tell(topic);
    this.log = log;
    this.topic = topic.copy();
    this.watch();
  }

  /** To be called when keys may have been parked. Nobody waits for a look while there is nothing to look for. */
  watch(): void {
    const { log } = this;
    if (!log || this.watching || !this.isWorthALook || this.closing.signal.aborted) return;
    this.watching = true;
    this.stopTimer = log.clock.timer(this.everyMs, () => void this.lookAgain(log), 'background');
  }

  close(): void {
    this.closing.abort();
    this.stopTimer();
  }

  private tell({ unreadable, covered }: ParkedTopic): void {
    const told = this.notices;
    this.all = unreadable;
    this.beneath = covered;
    for (const text of this.notices) if (!told.includes(text)) this.warn(text);
  }

  private get isWorthALook(): boolean {
    return this.all.length > 0 || this.parked.size > 0;
  }

  /** With other connections: no assignment waits for it. */
  private async lookAgain(log: Log): Promise<void> {
    const { topic } = this;
    if (topic && this.isWorthALook) {
      const own = log.apart('marks');
      const look = (late: AbortSignal) => topic.read(own, AbortSignal.any([this.closing.signal, late]));
      const read = await withTimeout(log.clock, LOOK_MS, look).catch(() => undefined);
      // Unless there was another assignment meanwhile, which has read more.
      if (read && topic === this.topic) this.tell(topic);
    }
    this.watching = false;
    this.watch();
  }
}
