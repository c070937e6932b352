import { z } from 'zod';

/** Settings with which a service cannot start. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly retryable = false;
  override readonly name = 'ConfigError';
}

type Config<Shape extends z.ZodRawShape> = Readonly<z.infer<z.ZodObject<Shape>>>;

/** Reads the variables of a shape into one frozen object; an empty variable counts as not set. Throws a ConfigError. */
export function readConfig<Shape extends z.ZodRawShape>(shape: Shape, env: NodeJS.ProcessEnv): Config<Shape> {
  const given = Object.entries(env).filter(([name, value]) => Object.hasOwn(shape, name) && value !== '');
  const result = z.object(shape).safeParse(Object.fromEntries(given));
  if (result.success) return Object.freeze(result.data);
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])));
  throw new ConfigError([...wrong].map((name) => complaint(name, shape, env)).join('; '));
}

/** Never shows the value: it may be a secret. */
function complaint(name: string, shape: z.ZodRawShape, env: NodeJS.ProcessEnv): string {
  const schema = shape[name];
  const expected = schema instanceof z.ZodType ? schema.description : undefined;
  return `${name} ${env[name] ? 'cannot be used' : 'is not set'}: give ${expected ?? 'another value'}`;
}
