import { PositionError } from '../log/errors.ts';
import type { RecordPlace } from '../log/log.ts';

export const outOfRange = ({ topic, partition, offset }: RecordPlace) =>
  new PositionError(
    `The log of ${topic}-${partition} does not hold offset ${offset}. Decide where to go on and set it; it is never reset by itself`,
  );
