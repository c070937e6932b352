import { readFileSync, writeFileSync } from 'node:fs';
import { asyncApiDocument, eventsOf } from './document.ts';
import { eventsPage } from './markdown.ts';
import type { ServiceFacts } from './services.ts';

const root = new URL('../../', import.meta.url);

/** What is generated, by its path in the repository. */
export function generatedFiles(services: readonly ServiceFacts[]): ReadonlyMap<string, string> {
  const events = eventsOf(services);
  return new Map([
    ['apps/gateway/src/asyncapi/asyncapi.json', `${JSON.stringify(asyncApiDocument(events), null, 2)}\n`],
    ['docs/events.md', eventsPage(events)],
  ]);
}

export const writeGenerated = (path: string, text: string) => writeFileSync(new URL(path, root), text);

export const committed = (path: string) => readFileSync(new URL(path, root), 'utf8');
