import { ReadinessCheck } from '@atelier/boot';
import { ReadModelDatabase } from '@atelier/eventing';
import { tableOwners } from '@atelier/read-model';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sql } from 'kysely';

/**
 * Whether the tables were made: without them each event would become a dead letter. Nothing is started then. A database that is
 * away decides nothing: its tables are looked for when readiness is asked.
 */
@Injectable()
export class TablesReadiness extends ReadinessCheck implements OnModuleInit {
  readonly name = 'tables';
  private found = false;

  constructor(private readonly readModel: ReadModelDatabase) {
    super();
  }

  onModuleInit(): Promise<void> {
    return this.check();
  }

  async check(): Promise<void> {
    if (this.found) return;
    const missing = await this.missing().catch(() => undefined);
    if (!missing) return;
    if (missing.length > 0)
      throw new Error(
        `${missing.join(', ')} does not exist: list its migration in migrate.ts, and run node apps/projections/dist/migrate.main.js`,
      );
    this.found = true;
  }

  private async missing(): Promise<string[]> {
    const names = Object.keys(tableOwners);
    const { rows } = await sql<{ name: string }>`
      select name from unnest(${names}::text[]) as name where to_regclass(name) is null`.execute(
      this.readModel.database,
    );
    return rows.map(({ name }) => name);
  }
}
