import type { AvroSchema } from '../../domain/index.ts';
import { comparedType } from './avro-types.ts';
import { type Misreading, misreadings } from './schema-resolution.ts';

/** Confluent's names: TRANSITIVE compares a new version with all earlier ones, FULL in both directions. */
export type Compatibility = 'FULL_TRANSITIVE' | 'BACKWARD_TRANSITIVE';

/** Events are kept for ever, and read by old and new readers; commands only need new readers. */
export const compatibilityOf = (topic: string): Compatibility =>
  topic.endsWith('.events') ? 'FULL_TRANSITIVE' : 'BACKWARD_TRANSITIVE';

/** One reason why a version cannot be there beside another: who reads, and who has written. Versions count from 1. */
export interface Break {
  readonly reader: number;
  readonly writer: number;
  readonly misreading: Misreading;
}

/**
 * What of the versions, oldest first, breaks which reader. A version must be able to read itself, too: aliases can get into its own
 * way. Throws ConfigurationError for what is no Avro.
 */
export function breaksOf(versions: readonly AvroSchema[], level: Compatibility): readonly Break[] {
  const types = versions.map(comparedType);
  const between = (reader: number, writer: number): readonly Break[] => {
    const [reading, writing] = [types[reader - 1], types[writer - 1]];
    if (!reading || !writing) return [];
    return misreadings(reading, writing).map((misreading) => ({ reader, writer, misreading }));
  };
  return types.flatMap((_, n) =>
    Array.from({ length: n + 1 }, (__, m) => [
      ...between(n + 1, m + 1),
      ...(level === 'FULL_TRANSITIVE' && m < n ? between(m + 1, n + 1) : []),
    ]).flat(),
  );
}
