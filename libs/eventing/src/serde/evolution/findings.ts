import type { AvroSchema } from '../../domain/index.ts';
import { fieldInWords } from './avro-types.ts';
import { type Break, breaksOf, type Compatibility } from './schema-gate.ts';

/** What is wrong with a version, for whom, and what would be allowed instead. */
export interface Finding {
  /** The version that is to be written otherwise; versions count from 1. */
  readonly version: number;
  /** The field, by the names on the way to it; empty for the message itself. */
  readonly path: readonly string[];
  readonly what: string;
  /** Who cannot read what, one line each. */
  readonly breaks: readonly string[];
  readonly instead: readonly string[];
}

/** What the gate says of the versions of a message, oldest first, in words. Empty: it lets them pass. */
export function findingsOf(versions: readonly AvroSchema[], level: Compatibility): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const broken of breaksOf(versions, level)) {
    const { path, what, instead } = explained(broken);
    const version = Math.max(broken.reader, broken.writer);
    const key = `${version} ${path.join('.')} ${what}`;
    const breaks = [...(findings.get(key)?.breaks ?? []), whoIsBroken(broken, level)];
    findings.set(key, { version, path, what, breaks, instead });
  }
  return [...findings.values()];
}

/** The rule of a level, for people. */
export const levelInWords: Readonly<Record<Compatibility, string>> = {
  FULL_TRANSITIVE: 'FULL_TRANSITIVE, as for every event: each version reads all others',
  BACKWARD_TRANSITIVE: 'BACKWARD_TRANSITIVE, as for every command: each version reads all before it',
};

function whoIsBroken({ reader, writer, misreading }: Break, level: Compatibility): string {
  if (reader === writer) return `all readers of v${reader}: it cannot read what it has written itself`;
  const what =
    misreading.kind === 'renamed' && misreading.hidden
      ? `v${reader} would see its default instead of what v${writer} writes`
      : `v${reader} cannot read what v${writer} ${reader > writer ? 'wrote' : 'writes'}`;
  if (reader === writer - 1) return `today's consumers, during the roll-out: ${what}`;
  if (reader < writer) return `older consumers, during the roll-out: ${what}`;
  return level === 'FULL_TRANSITIVE'
    ? `replays, and state that is built from old events: ${what}`
    : `commands that wait, are delayed or are redriven: ${what}`;
}

type Explanation = Pick<Finding, 'path' | 'what' | 'instead'>;

function explained({ reader, writer, misreading }: Break): Explanation {
  const newReads = reader > writer;
  const old = `v${Math.min(reader, writer)}`;
  const { path } = misreading;
  const name = fieldInWords(path) || 'the message';
  switch (misreading.kind) {
    case 'no-default':
      return newReads ? { path, ...added(name, old) } : { path, ...removed(name, old) };
    case 'renamed':
      return { path: [...path.slice(0, -1), misreading.to], ...renamed(name, misreading, old) };
    case 'ambiguous-alias':
      return {
        path,
        what: `${name} has an alias, and what the alias names is there, too: ${misreading.names.join(' and ')}`,
        instead: ['take the alias away: both are written, and each is read by its own name'],
      };
    case 'symbols':
      return { path, ...symbols(name, misreading.symbols, newReads, old) };
    case 'branch':
      return { path, ...branch(name, misreading, newReads, old) };
    default: {
      const [now, before] = newReads
        ? [misreading.reader, misreading.writer]
        : [misreading.writer, misreading.reader];
      return { path, ...changed[misreading.kind](name, now, before) };
    }
  }
}

type Words = Omit<Explanation, 'path'>;

const added = (name: string, old: string): Words => ({
  what: `${name} is new, and has no default`,
  instead: [`give it a default: it is what is read where ${old} wrote nothing`],
});

const removed = (name: string, old: string): Words => ({
  what: `${name} is gone, and ${old} has no default for it`,
  instead: [
    `keep ${name}, and go on writing it: ${old} asks for it for ever`,
    'where it was renamed: add the new name beside it, with a default, and write both',
    'what is to be without it is a message of a new type, to which an upcaster takes the old one',
  ],
});

function renamed(name: string, { to, hidden }: { to: string; hidden: boolean }, old: string): Words {
  const last = name.split('.').at(-1) ?? name;
  return {
    what: `${name} was renamed to ${to} by an alias alone, and an alias helps only those who read with it: ${old} does not have it`,
    instead: [
      `1. keep ${last}, add ${to} with a default and without the alias, and write both`,
      `2. move readers to ${to}; where it has its default they take ${last}, as older records have nothing else`,
      hidden
        ? `3. when nobody reads ${last} any more, a later version may leave it out: all versions have a default for it`
        : `3. go on writing ${last}: ${old} has no default for it. Without it is a message of a new type, with an upcaster`,
    ],
  };
}

const symbols = (name: string, all: readonly string[], newReads: boolean, old: string): Words =>
  newReads
    ? {
        what: `${name} has lost ${all.join(', ')}, and has no default for it`,
        instead: ['keep the symbol and write it no more, or give the enum a default'],
      }
    : {
        what: `${name} has got ${all.join(', ')}, and the enum of ${old} has no default for it`,
        instead: [
          `leave the enum as it is, and add a field with an enum that has a default from its first version on, or with a string`,
          'write the symbol that comes nearest into the old field',
        ],
      };

const beside = (name: string) => [
  `keep ${name} as it was, add a field beside it with a default, and write both`,
  'readers take the new one; where it has its default, the old one',
];

const branch = (
  name: string,
  { reader, writer }: { reader: string; writer: string },
  newReads: boolean,
  old: string,
): Words => ({
  what: newReads
    ? `${name} cannot be ${writer} any more, and ${old} wrote it`
    : `${name} may be ${writer} now, and in ${old} it is ${reader}`,
  instead: beside(name),
});

const changed = {
  type: (name: string, now: string, before: string): Words => ({
    what: `${name} is ${now}, and was ${before}`,
    instead: beside(name),
  }),
  logical: (name: string, now: string, before: string): Words => ({
    what: `${name} is ${now}, and was ${before}: the same bytes would be another value`,
    instead: beside(name),
  }),
  name: (name: string, now: string, before: string): Words => ({
    what: `${name} is ${now}, and was ${before}`,
    instead: [
      `keep the name ${before.split(' ')[1] ?? before}: names are in all that was written`,
      'what is to be called otherwise is a message of a new type, to which an upcaster takes the old one',
    ],
  }),
};
