import { v5 as uuidV5 } from 'uuid';

const NAMESPACE = '6f1d2ad2-b5c4-527e-9d0b-53c1a3a7e3f4';

/**
 * The id of the n-th message that another message caused: UUIDv5 (RFC 9562) of both, so a repeat or a replay
 * gives the same id and is recognised.
 */
export const derivedId = (causationId: string, purpose: string, index: number): string =>
  uuidV5(`${causationId}/${purpose}/${index}`, NAMESPACE);
