/** A round that has not begun yet, and what it is to ask about. */
interface Round<Answer> {
  readonly topics: Set<string>;
  readonly answer: Promise<Answer>;
}

/**
 * Questions that go to all brokers, those of many callers in one round. One round is under way at a time; whoever asks meanwhile is
 * answered by the next one, and never by the one that is under way: a broker may have answered that one before the caller asked,
 * and what is built on the answer (KIP-320) has to be as new as the question.
 */
export class Rounds<Answer> {
  private readonly ask: (topics: readonly string[]) => Promise<Answer>;
  private next: Round<Answer> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(ask: (topics: readonly string[]) => Promise<Answer>) {
    this.ask = ask;
  }

  /** What is answered about these topics, and about those of all others who ask in the same round. */
  join(topics: readonly string[]): Promise<Answer> {
    this.next ??= this.behindLast();
    for (const topic of topics) this.next.topics.add(topic);
    return this.next.answer;
  }

  private behindLast(): Round<Answer> {
    const topics = new Set<string>();
    const answer = this.last.then(() => {
      this.next = undefined;
      return this.ask([...topics]);
    });
    this.last = answer.catch(() => undefined);
    return { topics, answer };
  }
}
