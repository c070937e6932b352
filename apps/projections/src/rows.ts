import type { ReadModel } from '@atelier/read-model';
import type { Transaction } from 'kysely';

/** The database transaction of one batch: it also moves the projection's position. */
export type Rows = Transaction<ReadModel>;
