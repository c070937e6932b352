import { DeadLetterLog, type Original, type ParkedAt, type ParkedBehind } from '@atelier/eventing';
import type { DeadLetterAt } from '@atelier/eventing/failures';
import type { ConsumedRecord } from '@atelier/eventing/log';

/** Records of dead letters in memory; their values are JSON. */
export class InProcessDeadLetters extends DeadLetterLog {
  isDown = false;
  /** What waits behind a dead letter, by its id. */
  readonly parked = new Map<string, ParkedBehind>();
  private readonly records = new Map<string, ConsumedRecord>();

  lose(deadLetterId: string): void {
    this.records.delete(deadLetterId);
  }

  keep(deadLetterId: string, record: ConsumedRecord): void {
    this.records.set(deadLetterId, record);
  }

  find({ deadLetterId }: DeadLetterAt): Promise<ConsumedRecord | undefined> {
    return this.isDown
      ? Promise.reject(new Error('no broker'))
      : Promise.resolve(this.records.get(deadLetterId));
  }

  decode(value: Buffer | null): Promise<Original | undefined> {
    const text = value?.toString() ?? '';
    return Promise.resolve(text.startsWith('{') ? { version: 1, ...JSON.parse(text) } : undefined);
  }

  encode(type: string, data: unknown): Promise<Buffer> {
    return Promise.resolve(
      Buffer.from(
        JSON.stringify({ type, data }, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      ),
    );
  }

  parkedBehind({ deadLetterId }: ParkedAt): Promise<ParkedBehind | undefined> {
    return Promise.resolve(this.parked.get(deadLetterId));
  }
}
