import { createHash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { reasonOf, RegistryUnavailable } from '../schema-registry.ts';
import type { RegisteredVersion } from './subject-plan.ts';
import { RegistrationFailed } from './subjects.ts';

const CONFLUENT_API = /\/apis\/ccompat\/v\d+\/?$/;
const PATIENCE_MS = 60_000;

/** Where a registry takes schemas with their ids; undefined unless it is Apicurio, whose Confluent API has a path of its own. */
export const importUrl = (registryUrl: string): string | undefined =>
  CONFLUENT_API.test(registryUrl)
    ? `${registryUrl.replace(CONFLUENT_API, '')}/apis/registry/v3/admin/import?requireEmptyRegistry=false`
    : undefined;

/** Puts versions into an Apicurio registry that has none of their subjects, under their ids. What comes later gets higher ones. */
export async function importInto(url: string, versions: readonly RegisteredVersion[]): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    // Ids of schemas are those of contents; what Apicurio calls global ids may be new ones.
    headers: { 'content-type': 'application/zip', 'x-registry-preserve-globalid': 'false' },
    body: Buffer.from(exported(versions)),
    // eslint-disable-next-line no-restricted-properties -- a registry behind HTTP answers in the machine's time
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((cause: unknown) => {
    throw new RegistryUnavailable(`The registry, asked for ${url}, did not answer: ${reasonOf(cause)}`, {
      cause,
    });
  });
  if (!answer.ok)
    throw new RegistrationFailed(
      `The registry did not take back its schemas (POST ${url}): ${answer.status} ${(await answer.text()).slice(0, 500)}`,
      { status: answer.status },
    );
}

/** The zip that Apicurio's own export makes (format 3.0), with what an import reads. */
function exported(versions: readonly RegisteredVersion[]): Uint8Array {
  const files = new Map<string, string>();
  const put = (name: string, content: object) => files.set(name, JSON.stringify(content));
  put('manifest-0.Manifest.json', {
    systemName: 'deployment',
    systemVersion: '3.0',
    exportVersion: '3.0',
    dbVersion: '101',
  });
  for (const { schema, id } of versions) {
    const contentHash = createHash('sha256').update(schema).digest('hex');
    // Apicurio makes the canonical hash, by which schemas are found, where there is none.
    const facts = { contentId: id, contentHash, canonicalHash: null, artifactType: 'AVRO' };
    put(`content/${contentHash}.Content.json`, { ...facts, contentType: 'application/json' });
    files.set(`content/${contentHash}.Content.data`, schema);
  }
  const inOrder = versions.toSorted((a, b) => a.version - b.version);
  for (const [artifactId, own] of Map.groupBy(inOrder, ({ subject }) => subject)) {
    const folder = `groups/default/artifacts/${artifactId}`;
    put(`${folder}/MetaData.Artifact.json`, { artifactId, artifactType: 'AVRO' });
    for (const { version, id } of own) {
      const place = { artifactId, version: String(version), versionOrder: version, state: 'ENABLED' };
      put(`${folder}/versions/${version}.ArtifactVersion.json`, { ...place, globalId: id, contentId: id });
    }
    const latest = {
      branchId: 'latest',
      systemDefined: true,
      versions: own.map(({ version }) => String(version)),
    };
    put(`${folder}/branches/latest.Branch.json`, { artifactId, ...latest });
  }
  return zipSync(Object.fromEntries([...files].map(([name, text]) => [name, strToU8(text)])));
}
