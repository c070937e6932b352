import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { Parser, stringify } from '@asyncapi/parser';

// A step of the build. Who runs the gateway needs none of these packages: what they bring and make lies beside it.
const source = new URL('./', import.meta.url);
const target = new URL('../../dist/asyncapi/', import.meta.url);

/** The document as the official parser understands it: it says what is wrong with one that is not valid. */
async function parsed() {
  const text = await readFile(new URL('asyncapi.json', source), 'utf8');
  const { document, diagnostics } = await new Parser({ schemaParsers: [AvroSchemaParser()] }).parse(text);
  // It would not leave out the spaces itself: they are much of the file.
  if (document) return JSON.stringify(JSON.parse(stringify(document)));
  const complaints = diagnostics.map(({ path, message }) => `${path.join('/')}: ${message}`);
  throw new Error(`src/asyncapi/asyncapi.json is no valid AsyncAPI document:\n${complaints.join('\n')}`);
}

const packaged = {
  '@asyncapi/react-component/browser/standalone/without-parser.js': 'renderer.js',
  '@asyncapi/react-component/styles/default.min.css': 'renderer.css',
};
const own = ['asyncapi.json', 'page.html', 'page.mjs'];

await mkdir(target, { recursive: true });
for (const name of own) await copyFile(new URL(name, source), new URL(name, target));
await writeFile(new URL('parsed.json', target), await parsed());
for (const [from, to] of Object.entries(packaged))
  await copyFile(fileURLToPath(import.meta.resolve(from)), new URL(to, target));
