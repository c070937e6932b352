import { projectionGroup, type projections } from '@atelier/contracts';
import { tablesOf } from '@atelier/read-model';
import { Injectable } from '@nestjs/common';
import { placeText } from '../read-model/consistency-token.ts';
import { PositionsQueries } from '../read-model/positions.queries.ts';
import type { Projection } from './projection.schema.ts';
import { ProjectionLags } from './projection-lags.ts';
import { ProjectionQueries } from './projection.queries.ts';

type Declared = (typeof projections)[keyof typeof projections];
type Partitions = Projection['partitions'];

/** Says of projections how far they have come, from Postgres and, if it answers, from Kafka. */
@Injectable()
export class ProjectionReader {
  constructor(
    private readonly positions: PositionsQueries,
    private readonly queries: ProjectionQueries,
    private readonly lags: ProjectionLags,
  ) {}

  async read(declared: readonly Declared[]): Promise<Projection[]> {
    if (declared.length === 0) return [];
    const groups = declared.map(projectionGroup);
    const [partitions, running, counts, parked, errors] = await Promise.all([
      this.partitions(groups),
      this.lags.running(groups),
      this.queries.counts(declared.flatMap(({ name }) => tablesOf(name))),
      this.queries.parkedKeys(groups),
      this.queries.lastErrors(groups),
    ]);
    return declared.map(({ name, version }) => {
      const group = projectionGroup({ name, version });
      const found = partitions.get(group) ?? [];
      const lastError = errors.get(group);
      return {
        name,
        version,
        ...stateOf(found, running?.get(group)),
        partitions: found,
        tables: tablesOf(name).map((table) => ({ table, ...(counts.get(table) ?? nothing) })),
        parkedKeys: parked.get(group) ?? 0,
        ...(lastError && { lastError }),
      };
    });
  }

  /** By group. Positions are read first: an end that is read later is not before them. */
  private async partitions(groups: readonly Group[]): Promise<ReadonlyMap<string, Partitions>> {
    const stands = await Promise.all(groups.map((group) => this.positions.of(group)));
    const lags = await this.lags.of(stands.flat());
    const partitions = stands.map((places) =>
      places.map((place) => {
        const { topic, partition, offset: position } = place;
        const known = lags.get(placeText(place));
        if (!known) return { topic, partition, position };
        const { end, events, seconds } = known;
        return { topic, partition, position, end, lag: { events, seconds } };
      }),
    );
    return new Map(groups.map((group, index) => [group, partitions[index] ?? []]));
  }
}

type Group = Parameters<PositionsQueries['of']>[0];

const nothing = { rows: 0, counted: 'exactly' } as const;

/** One partition that nobody can say anything about, or a group, is enough not to know. */
export function stateOf(
  partitions: Partitions,
  running: boolean | undefined,
): Pick<Projection, 'state' | 'lag'> {
  const lags = partitions.flatMap(({ lag }) => (lag ? [lag] : []));
  if (lags.length < partitions.length || running === undefined) return { state: 'unknown' };
  const events = lags.reduce((sum, lag) => sum + lag.events, 0n);
  const lag = { events, seconds: Math.max(0, ...lags.map(({ seconds }) => seconds)) };
  if (!running) return { state: 'stopped', lag };
  return { state: events === 0n ? 'current' : 'catching-up', lag };
}
