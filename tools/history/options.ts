import { TypedOptions } from '../options.ts';

/** The history that the repository has. */
export const RECORDED = 'tools/history/recorded.ndjson';
/** Of the simulated platform that it is from. */
export const SEED = 1;

export interface CheckOptions {
  /** The file to check; undefined for the topics of the platform that runs. */
  readonly file: string | undefined;
  /** How many differences of each decider are told. */
  readonly most: number;
}

export const checkUsage = `Usage: npm run history:check [-- <file> | --platform] [--most 5]
Says which aggregates of a recorded history the deciders of the working tree would decide or fold differently.
  <file>       as npm run history:record writes it; ${RECORDED} unless given
  --platform   the topics of the platform that runs, instead of a file
  --most       how many differences of each decider are told
Ends with 0 where there is none, 1 where there are some, and 2 where nothing could be checked.`;

/** Throws a sentence for whoever typed it. */
export function readCheckOptions(args: readonly string[]): CheckOptions {
  const typed = new TypedOptions(checkUsage, args, ['most'], { flags: ['platform'], words: true });
  const [file = RECORDED, ...others] = typed.words;
  if (others.length > 0) typed.refuse(`${typed.words.join(' and ')} are several files: give one.`);
  const platform = typed.flag('platform');
  if (platform && typed.words.length > 0) typed.refuse(`Either ${file} is checked, or the platform.`);
  return { file: platform ? undefined : file, most: typed.whole('most', 5, 1) };
}

export interface RecordOptions {
  readonly file: string;
  /** Whether the running platform is recorded, and not a simulated one. */
  readonly platform: boolean;
  readonly seed: number;
}

export const recordUsage = `Usage: npm run history:record [-- --platform --to <file>] [-- --seed ${SEED}]
Writes the histories of all aggregates to a file: of a simulated platform, the same for the same seed, or of the one that runs.
  --platform   the platform that runs; its file says all that its topics say, customers' addresses among it
  --to         the file; ${RECORDED} unless given
  --seed       another simulated platform for another seed`;

/** Throws a sentence for whoever typed it. */
export function readRecordOptions(args: readonly string[]): RecordOptions {
  const typed = new TypedOptions(recordUsage, args, ['to', 'seed'], { flags: ['platform'] });
  const platform = typed.flag('platform');
  const file = typed.text('to');
  if (platform && file === undefined)
    typed.refuse('What a platform has recorded does not belong into the repository: say where --to.');
  return { file: file ?? RECORDED, platform, seed: typed.whole('seed', SEED, 0) };
}
