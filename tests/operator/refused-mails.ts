import type { BreakablePlatform } from '../harness/breakable-platform.ts';
import { eventually } from '../harness/running-platform.ts';
import type { Operator } from './operator.ts';

/** E-mails of a platform that runs which its mail server refuses for good. */
export class RefusedMails {
  static readonly group = 'notifications.order-mail';
  private readonly platform: BreakablePlatform;
  private readonly operator: Operator;

  constructor(platform: BreakablePlatform, operator: Operator) {
    this.platform = platform;
    this.operator = operator;
  }

  /** Places an order whose e-mail is refused, as the mail server is told before; answers the id of its dead letter. */
  async refused(email: string): Promise<string> {
    return this.operator.find(RefusedMails.group, await this.platform.confirmOrder(email));
  }

  /** So many more of them; the mail server takes e-mails again afterwards. */
  async manyRefused(count: number): Promise<void> {
    const before = await this.waiting();
    await this.platform.smtp('refuse', '550');
    const customers = Array.from({ length: count }, (_, number) => `many-${number}@example.com`);
    await Promise.all(customers.map((email) => this.platform.confirmOrder(email)));
    await eventually(this.waiting, (now) => now === before + count);
    await this.platform.smtp('up');
  }

  /** How many a job would take. */
  readonly waiting = async (): Promise<number> => {
    const letters = await this.operator.list(`group=${RefusedMails.group}&limit=100`);
    return letters.filter(({ status }) => ['open', 'failed again'].includes(status)).length;
  };
}
