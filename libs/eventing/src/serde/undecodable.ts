/** Bytes that no reader schema of the contracts can make sense of: they never will. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
  readonly code = 'UNDECODABLE';
  readonly retryable = false;
}
