/** A round that has not begun yet, and what it is to ask about. */
interface Round<Answer, Asked> {
  readonly asked: Set<Asked>;
  readonly answer: Promise<Answer>;
}

/**
 * Questions of many callers, in one round. One round is under way at a time; whoever asks meanwhile is answered by the next one, and
 * never by the one that is under way: a broker may have answered that one before the caller asked, and what is built on the answer
 * (KIP-320, KIP-447) has to be as new as the question.
 */
export class Rounds<Answer, Asked = string> {
  private readonly ask: (asked: readonly Asked[]) => Promise<Answer>;
  private next: Round<Answer, Asked> | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(ask: (asked: readonly Asked[]) => Promise<Answer>) {
    this.ask = ask;
  }

  /** What is answered about these, and about those of all others who ask in the same round. */
  join(asked: readonly Asked[]): Promise<Answer> {
    this.next ??= this.behindLast();
    for (const one of asked) this.next.asked.add(one);
    return this.next.answer;
  }

  private behindLast(): Round<Answer, Asked> {
    const asked = new Set<Asked>();
    const answer = this.last.then(() => {
      this.next = undefined;
      return this.ask([...asked]);
    });
    this.last = answer.catch(() => undefined);
    return { asked, answer };
  }
}
