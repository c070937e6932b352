import { parseArgs } from 'node:util';

interface Allowed {
  /** Options that stand alone. */
  readonly flags?: readonly string[];
  /** Whether there may be words that belong to no option. */
  readonly words?: boolean;
}

/** The options `--name value` that somebody typed. What does not fit is refused with a sentence, and with the usage behind it. */
export class TypedOptions<Name extends string> {
  /** What belongs to no option. */
  readonly words: readonly string[];
  private readonly usage: string;
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(usage: string, args: readonly string[], names: readonly Name[], allowed: Allowed = {}) {
    this.usage = usage;
    const { values, positionals } = this.parsed(args, names, allowed);
    this.values = values;
    this.words = positionals;
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: Name): string | undefined {
    const value = this.values[name];
    return value === undefined ? undefined : String(value);
  }

  /** A whole number, `unless` where none was typed. */
  whole(name: Name, unless: number, least: number): number {
    const text = this.text(name);
    return text === undefined ? unless : this.wholeOf(name, text, least);
  }

  /** Whole numbers with commas between them; undefined where none were typed. */
  wholes(name: Name, least: number): readonly number[] | undefined {
    return this.text(name)
      ?.split(',')
      .map((text) => this.wholeOf(name, text, least));
  }

  /** A number that may have a fraction, `unless` where none was typed. */
  number(name: Name, unless: number, least: number): number {
    const text = this.text(name);
    if (text === undefined) return unless;
    const value = decimal(text);
    return value >= least ? value : this.refuse(`--${name} ${text} is not a number from ${least} on.`);
  }

  refuse(sentence: string): never {
    throw new Error(`${sentence}\n${this.usage}`);
  }

  private wholeOf(name: Name, text: string, least: number): number {
    const value = decimal(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    return this.refuse(`--${name} ${text} is not a whole number from ${least} on.`);
  }

  private parsed(args: readonly string[], names: readonly Name[], { flags = [], words = false }: Allowed) {
    const options = Object.fromEntries([
      ...names.map((name) => [name, { type: 'string' }] as const),
      ...flags.map((name) => [name, { type: 'boolean' }] as const),
    ]);
    try {
      return parseArgs({ args: [...args], options, allowPositionals: words });
    } catch (error) {
      return this.refuse((error as Error).message);
    }
  }
}

/** The number that decimal digits say, like `12` or `0.5`; NaN for whatever else a number can be written as, like `0x10` or `1e3`. */
export function decimal(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** Another one each time, for whoever does not ask for one. */
export const anySeed = () => Date.now() % 1_000_000;
