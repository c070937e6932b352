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
    this.topic = topic.copy();
    this.lookLater(log);
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

  private lookLater(log: Log): void {
    this.stopTimer();
    if (this.closing.signal.aborted) return;
    this.stopTimer = log.clock.timer(this.everyMs, () => void this.lookAgain(log), 'background');
  }

  /** With connections of its own: the partition's transactions do not wait for it. */
  private async lookAgain(log: Log): Promise<void> {
    const { topic } = this;
    if (topic && (this.all.length > 0 || this.parked.size > 0)) {
      const own = log.apart('marks');
      const look = (late: AbortSignal) => topic.read(own, AbortSignal.any([this.closing.signal, late]));
      const read = await withTimeout(log.clock, LOOK_MS, look).catch(() => undefined);
      await own.close();
      // There was another assignment meanwhile: it has read more, and looks for itself.
      if (topic !== this.topic) return;
      if (read) this.tell(topic);
    }
    this.lookLater(log);
  }
}
