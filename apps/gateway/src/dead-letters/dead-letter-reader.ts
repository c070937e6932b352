import { Injectable } from '@nestjs/common';
import { notFound } from '../problem/problem.ts';
import { Barrier, deadLetterPipeline } from '../read-model/barrier.ts';
import { DeadLetterHistoryQueries } from './letters/dead-letter-history.queries.ts';
import { DeadLetterQueries, type KnownDeadLetter } from './letters/dead-letter.queries.ts';
import type { DeadLetterDetails } from './letters/dead-letter.schema.ts';
import { OriginalRecords } from './originals/original-records.ts';

/** Reads dead letters so that one that was reported is never said to be unknown. */
@Injectable()
export class DeadLetterReader {
  constructor(
    private readonly letters: DeadLetterQueries,
    private readonly history: DeadLetterHistoryQueries,
    private readonly records: OriginalRecords,
    private readonly barrier: Barrier,
  ) {}

  async get(deadLetterId: string): Promise<KnownDeadLetter> {
    const known = await this.letters.find(deadLetterId);
    if (known) return known;
    await this.barrier.caughtUp(deadLetterPipeline, [deadLetterId]);
    const letter = await this.letters.find(deadLetterId);
    if (!letter) throw notFound(`dead letter ${deadLetterId}`);
    return letter;
  }

  async details(deadLetterId: string): Promise<DeadLetterDetails> {
    const known = await this.get(deadLetterId);
    const [history, record, parked] = await Promise.all([
      this.history.of(deadLetterId),
      this.records.show(known),
      this.records.showParked(known),
    ]);
    const { redrives: _, ...letter } = known;
    return { ...letter, history, record, ...(parked !== undefined && { parked }) };
  }
}
