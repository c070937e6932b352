import { scratchName } from './scratch-broker.ts';

/** Registers another team's schema in the run's registry, under a subject of its own. Answers the subject and the id. */
export async function foreignSchema(
  schema: object | string,
  schemaType: 'AVRO' | 'JSON' | 'PROTOBUF' = 'AVRO',
  references: readonly { readonly name: string; readonly subject: string; readonly version: number }[] = [],
): Promise<{ subject: string; id: number }> {
  const subject = scratchName('foreign');
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  const answer = await fetch(`${process.env['REGISTRY_URL'] ?? ''}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: text, schemaType, references }),
  });
  if (!answer.ok) throw new Error(`The registry answered ${answer.status}: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: number };
  return { subject, id };
}

/** A value in the Confluent wire format. */
export function framed(id: number, ...body: readonly Buffer[]): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeInt32BE(id, 1);
  return Buffer.concat([prefix, ...body]);
}

/** A string of less than 64 bytes as Avro has it, whatever its bytes are. */
export function avroText(bytes: Buffer | string): Buffer {
  const text = Buffer.from(bytes as Buffer);
  return Buffer.concat([Buffer.from([text.length * 2]), text]);
}
