import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { problemSchema } from '../problem/problem.schema.ts';
import { tokenSchema } from '../read-model/consistency-token.ts';

/** Serves the document at `/openapi.json` and Swagger UI, with all it needs, at `/docs`. */
export function serveDocument(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}

/** Made from the routes and from the schemas that validate their requests. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const facts = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Atelier')
    .setDescription('Places orders, and reads what becomes of them. Errors are RFC 9457 problems.')
    .setVersion('1')
    .addTag(
      'operators',
      'Dead letters, hanging transactions and records that are ignored, and what becomes of them; how far projections have come: for operators, with OPERATOR_TOKEN where it is set',
    )
    .addBearerAuth()
    .build();
  const document = SwaggerModule.createDocument(app, facts, {
    standardSchemaConverter: (schema, { schemaType }) => jsonSchema(schema as z.ZodType, schemaType),
  });
  const everywhere = [problemSchema, tokenSchema].map((schema) => jsonSchema(schema, 'output').components);
  const components = (document.components ??= {});
  Object.assign(components, { schemas: Object.assign({}, components.schemas, ...everywhere) });
  return document;
}

/** JSON's whole numbers have as many digits as they need: `stringifyExactly`. */
const unrepresentable = ({ zodSchema }: { readonly zodSchema: z.core.$ZodType }) =>
  zodSchema._zod.def.type === 'bigint'
    ? ({ type: 'integer', ...('format' in zodSchema._zod.def && { format: 'int64' }) } as const)
    : 'throw';

/** Schemas with an id become components, the rest stands where it is used. */
function jsonSchema(source: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, $defs: components = {}, ...schema } = z.toJSONSchema(source, { io, unrepresentable });
  for (const component of Object.values(components)) delete component.id;
  return { schema, components };
}
