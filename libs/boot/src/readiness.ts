import { EventingHealth, type HealthReport } from '@atelier/eventing';
import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import pTimeout from 'p-timeout';

/** Something that a service needs beside Kafka. Every provider that extends this class is asked. */
export abstract class ReadinessCheck {
  /** What is looked at, as it is called in the report. */
  abstract readonly name: string;
  /** Throws the reason when it is not usable; no answer in time counts as not usable. */
  abstract check(): Promise<void>;
}

type Detail = HealthReport['details'][string];

const checkWithinMs = 2_000;

/** Whether a service can do its work: its eventing side and all its own checks. */
@Injectable()
export class Readiness {
  private readonly logger = new Logger('Readiness');
  private wasReady: boolean | undefined;
  private asked = 0;
  private answered = 0;

  constructor(
    private readonly eventing: EventingHealth,
    private readonly discovery: DiscoveryService,
  ) {}

  async report(): Promise<HealthReport> {
    const asked = ++this.asked;
    const { ready, details } = this.eventing.report();
    const checked = await Promise.all(
      this.checks().map(async (check) => [check.name, await outcome(check)] as const),
    );
    const report = {
      ready: ready && checked.every(([, { status }]) => status === 'up'),
      details: { ...details, ...Object.fromEntries(checked) },
    };
    this.logChange(report, asked);
    return report;
  }

  /** The log keeps when the answer was found to have changed, and why. Checks take time: a later answer may come first. */
  private logChange(report: HealthReport, asked: number): void {
    if (asked < this.answered) return;
    this.answered = asked;
    if (report.ready === this.wasReady) return;
    this.wasReady = report.ready;
    if (report.ready) this.logger.log('ready');
    else this.logger.warn(`not ready: ${reasons(report)}`);
  }

  private checks(): readonly ReadinessCheck[] {
    const instances: readonly unknown[] = this.discovery.getProviders().map(({ instance }) => instance);
    return [...new Set(instances)].filter((instance) => instance instanceof ReadinessCheck);
  }
}

function reasons({ details }: HealthReport): string {
  const down = Object.entries(details).filter(([, { status }]) => status === 'down');
  return down.map(([name, { reason }]) => (reason === undefined ? name : `${name}: ${reason}`)).join('; ');
}

async function outcome(check: ReadinessCheck): Promise<Detail> {
  try {
    await pTimeout(check.check(), {
      milliseconds: checkWithinMs,
      message: `no answer within ${checkWithinMs} ms`,
    });
    return { status: 'up' };
  } catch (error) {
    return { status: 'down', reason: error instanceof Error ? error.message : String(error) };
  }
}
