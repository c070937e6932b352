import type { Processor } from '../engine/worker/processor.ts';

/** How much of a group's work is under way: its positions do not tell that, where they come first. */
export class Watched {
  private readonly processors = new Set<Processor>();
  private inHands = 0;

  /** The same processor, seen at work. */
  watch(processor: Processor): Processor {
    this.processors.add(processor);
    const counted = async <T>(work: Promise<T>): Promise<T> => {
      this.inHands++;
      return work.finally(() => this.inHands--);
    };
    return {
      sideTopics: processor.sideTopics ?? [],
      dueAt: (record) => processor.dueAt?.(record) ?? 0,
      get paced() {
        return processor.paced ?? false;
      },
      defers: processor.defers ?? false,
      onOwing: (listener) => processor.onOwing?.(listener),
      get notices() {
        return processor.notices ?? [];
      },
      get owes() {
        return processor.owes ?? false;
      },
      assign: (signal) => processor.assign(signal),
      process: (batch, signal, handled) => counted(processor.process(batch, signal, handled)),
      settle: async (signal, handled) => counted(Promise.resolve(processor.settle?.(signal, handled))),
      abandon: () => processor.abandon(),
      close: async () => {
        this.processors.delete(processor);
        await processor.close();
      },
    };
  }

  /** What is under way, in words, if anything is. */
  get busy(): string | undefined {
    if (this.inHands > 0) return 'has records in its hands';
    const owes = [...this.processors].some((processor) => processor.owes);
    return owes ? 'has parked records that are free to go' : undefined;
  }
}
