import { ReadinessCheck } from '@atelier/boot';
import { Injectable } from '@nestjs/common';
import { Database } from './database.ts';

@Injectable()
export class DatabaseReadiness extends ReadinessCheck {
  readonly name = 'postgres';

  constructor(private readonly database: Database) {
    super();
  }

  async check(): Promise<void> {
    await this.database.selectFrom('read_model.orders').select('order_id').limit(1).execute();
  }
}
