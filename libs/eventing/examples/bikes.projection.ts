import { Project, Projection } from '@atelier/eventing';
import { type Transaction, sql } from 'kysely';
import { BikeRented, BikeReturned, RentalRefused } from './contracts.ts';

/** Who rides which bike. Events of one type that follow each other come together. */
@Projection({ name: 'bikes', version: 1, skips: [RentalRefused] })
export class BikesProjection {
  @Project(BikeRented)
  async rented(events: readonly BikeRented[], rows: Transaction<unknown>): Promise<void> {
    for (const { data } of events)
      await sql`insert into bikes (bike_id, rider_id) values (${data.bikeId}, ${data.riderId})
        on conflict (bike_id) do update set rider_id = excluded.rider_id`.execute(rows);
  }

  @Project(BikeReturned)
  async returned(events: readonly BikeReturned[], rows: Transaction<unknown>): Promise<void> {
    for (const { data } of events)
      await sql`update bikes set rider_id = null where bike_id = ${data.bikeId}`.execute(rows);
  }
}
