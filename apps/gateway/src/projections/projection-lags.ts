import { LogPositions } from '@atelier/eventing';
import { Injectable, Logger } from '@nestjs/common';
import { inTime } from '../problem/in-time.ts';
import { type Place, placeText } from '../read-model/consistency-token.ts';

/** How far one partition of a projection is behind. */
export interface PlaceLag {
  readonly end: bigint;
  readonly events: bigint;
  readonly seconds: number;
}

/** What Kafka says about projections; nothing when it does not answer. */
@Injectable()
export class ProjectionLags {
  private readonly logger = new Logger(ProjectionLags.name);

  constructor(private readonly logs: LogPositions) {}

  /** How far behind each of these places is, by its text; two requests for each broker, and one for each place that is behind. */
  async of(places: readonly Place[]): Promise<ReadonlyMap<string, PlaceLag>> {
    const distinct = [...new Map(places.map((place) => [placeText(place), place])).values()];
    try {
      const ends = await inTime(this.logs.stableEnds(distinct));
      const endOf = new Map(ends.map((end) => [partitionText(end), end.offset]));
      const lags = distinct.map(async (place) => {
        const end = endOf.get(partitionText(place));
        const lag = end === undefined ? undefined : await this.lag(place, end).catch(() => undefined);
        return lag ? [[placeText(place), lag] as const] : [];
      });
      return new Map((await inTime(Promise.all(lags))).flat());
    } catch (error) {
      this.logger.warn(`How far projections are behind is not known: ${(error as Error).message}`);
      return new Map();
    }
  }

  /** Of each of these groups, whether a process runs it; undefined when Kafka does not answer. */
  async running(groups: readonly string[]): Promise<ReadonlyMap<string, boolean> | undefined> {
    try {
      const members = groups.map(async (group) => [group, (await this.logs.members(group)) > 0] as const);
      return new Map(await inTime(Promise.all(members)));
    } catch {
      return undefined;
    }
  }

  private async lag(place: Place, end: bigint): Promise<PlaceLag> {
    if (place.offset >= end) return { end, events: 0n, seconds: 0 };
    const written = await this.logs.writtenAt(place);
    const ms = written === undefined ? 0 : Math.max(0, Date.now() - written);
    return { end, events: end - place.offset, seconds: ms / 1_000 };
  }
}

const partitionText = ({ topic, partition }: Omit<Place, 'offset'>) => `${topic} ${partition}`;
