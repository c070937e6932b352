import { DeadLetterLog, type ParkedBehind } from '@atelier/eventing';
import type { DeadLetterAt } from '@atelier/eventing/failures';
import type { ConsumedRecord } from '@atelier/eventing/kafka';

/** Records of dead letters in memory; their values are JSON. */
export class InProcessDeadLetters extends DeadLetterLog {
  isDown = false;
  parked: ParkedBehind | undefined;
  private readonly records = new Map<string, ConsumedRecord>();

  keep(deadLetterId: string, record: ConsumedRecord): void {
    this.records.set(deadLetterId, record);
  }

  find({ deadLetterId }: DeadLetterAt): Promise<ConsumedRecord | undefined> {
    return this.isDown
      ? Promise.reject(new Error('no broker'))
      : Promise.resolve(this.records.get(deadLetterId));
  }

  decode(value: Buffer | null): Promise<{ type: string; data: unknown } | undefined> {
    const text = value?.toString() ?? '';
    return Promise.resolve(text.startsWith('{') ? JSON.parse(text) : undefined);
  }

  encode(type: string, data: unknown): Promise<Buffer> {
    return Promise.resolve(
      Buffer.from(
        JSON.stringify({ type, data }, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      ),
    );
  }

  parkedBehind(): Promise<ParkedBehind | undefined> {
    return Promise.resolve(this.parked);
  }
}
