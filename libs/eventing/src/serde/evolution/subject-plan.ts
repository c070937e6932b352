import type { AnyMessageType } from '../../domain/index.ts';
import { avroType } from '../avro.ts';
import type { Compatibility } from './schema-gate.ts';
import type { Subjects } from './subjects.ts';

/** A version of a message, as a registry has it. */
export interface RegisteredVersion {
  readonly subject: string;
  /** Of the subject, from 1. */
  readonly version: number;
  /** Its JSON text. */
  readonly schema: string;
  /** What the records that are written with it begin with. */
  readonly id: number;
}

/** What is to be done about one subject, and what speaks against it. */
export interface SubjectPlan {
  readonly refusals: readonly string[];
  /** Registers what is missing, oldest first. Answers all versions of the message. */
  register(): Promise<readonly RegisteredVersion[]>;
}

interface Version {
  readonly name: string;
  readonly schema: string;
  readonly found: { readonly id: number; readonly version: number } | undefined;
}

/**
 * Asks what a registry has of a message, and whether it would take the rest. Registers nothing. Where it is to be asked about a version,
 * the level of the subject is set before: its gate goes by it. It compares a version with those that it has, so of several that are
 * missing the later ones are compared with the earlier ones by our gate alone, and by the registry's when they are registered.
 */
export async function planSubject(
  subjects: Subjects,
  message: AnyMessageType,
  level: Compatibility,
): Promise<SubjectPlan> {
  const subject = subjectOf(message);
  const newest = await subjects.newest(subject);
  const versions = await Promise.all(
    message.versions.map(async (json, index): Promise<Version> => {
      const schema = JSON.stringify(json);
      const found = newest && (await subjects.find(subject, schema));
      return { name: `${message.type as string}.v${index + 1}`, schema, found };
    }),
  );
  const missing = versions.filter(({ found }) => !found);
  const changed = newest && missing[0] && whyChanged(subject, versions, newest);
  const refusals = changed ? [changed] : newest ? await gate(subjects, subject, level, missing) : [];
  const register = async () => {
    if (newest) await subjects.setLevel(subject, level);
    return registerAll(subjects, subject, level, versions);
  };
  return { refusals, register };
}

/** `<topic>-<full name>`: messages of several types share a topic. */
const subjectOf = ({ topic, versions: [first] }: AnyMessageType) =>
  `${topic}-${first ? (avroType(first).name ?? '') : ''}`;

/** Only what comes behind all that is registered is new: anything else was released otherwise. */
function whyChanged(
  subject: string,
  versions: readonly Version[],
  newest: { version: number; schema: string },
): string | undefined {
  const first = versions.findIndex(({ found }) => !found);
  const later = versions.slice(first).find(({ found }) => found);
  const { name } = versions[first] ?? { name: '' };
  const remedy =
    'A released version is not edited: put it back as it was released, and make what has changed the next version';
  if (later)
    return `${name} is not what was released: the registry's ${subject} has ${later.name}, but not ${name}. ${remedy}`;
  if (versions.some(({ found }) => found?.version === newest.version)) return undefined;
  if (versions.some(({ schema }) => withoutDocs(schema) === withoutDocs(newest.schema))) return undefined;
  return `${name} is not what was released: version ${newest.version} of the registry's ${subject} is none of these contracts'. ${remedy}; if somebody else has released it, take it over first`;
}

const withoutDocs = (schema: string) =>
  JSON.stringify(JSON.parse(schema, (key, value: unknown) => (key === 'doc' ? undefined : value)));

async function gate(
  subjects: Subjects,
  subject: string,
  level: Compatibility,
  missing: readonly Version[],
): Promise<readonly string[]> {
  if (missing.length > 0) await subjects.setLevel(subject, level);
  const refused = await Promise.all(
    missing.map(async ({ name, schema }) => {
      const why = await subjects.refusal(subject, schema);
      return why === undefined ? [] : [`${name} is refused by the registry (${subject}, ${level}): ${why}`];
    }),
  );
  return refused.flat();
}

async function registerAll(
  subjects: Subjects,
  subject: string,
  level: Compatibility,
  versions: readonly Version[],
): Promise<readonly RegisteredVersion[]> {
  const registered: RegisteredVersion[] = [];
  for (const { schema, found } of versions) {
    const { id, version } = found ?? (await subjects.register(subject, schema));
    // A subject without a version has no level.
    if (!found && registered.length === 0) await subjects.setLevel(subject, level);
    registered.push({ subject, version, schema, id });
  }
  return registered;
}
