import { CommandPublisher, PublishError } from '@atelier/eventing';
import type { Message } from '@atelier/eventing/domain';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

interface Report {
  readonly command: Message;
  readonly id: string;
}

const retryMs = 1_000;

/** Publishes commands in their order, each until it is acknowledged, while those who send them go on with their work. */
@Injectable()
export class TransactionReports implements OnModuleDestroy {
  private readonly logger = new Logger('Transactions');
  private readonly stopping = new AbortController();
  private readonly queue: Report[] = [];
  private isPublishing = false;

  constructor(private readonly publisher: CommandPublisher) {}

  send(command: Message, id: string): void {
    this.queue.push({ command, id });
    if (!this.isPublishing) void this.publishAll();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async publishAll(): Promise<void> {
    this.isPublishing = true;
    for (let next = this.queue[0]; next && !this.stopping.signal.aborted; next = this.queue[0]) {
      if (await this.publish(next)) this.queue.shift();
      else await sleep(retryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    this.isPublishing = false;
  }

  /** Whether there is nothing more to do about it. */
  private async publish({ command, id }: Report): Promise<boolean> {
    try {
      await this.publisher.publish(command, { id });
      return true;
    } catch (error) {
      if (error instanceof PublishError && error.retryable) return false;
      this.logger.error(`${command.type} ${id} cannot be published: nobody will read of it`, error);
      return true;
    }
  }
}
