import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { ServiceConfig } from './service.config.ts';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** NestJS's own account of how it starts: for debugging only. Boot itself reports why a start failed. */
const quiet = new Set([
  'ExceptionHandler',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/** JSON lines on standard output, one for each event worth telling. */
export function createLogger({ instance, logLevel }: Pick<ServiceConfig, 'instance' | 'logLevel'>): Logger {
  return pino({
    level: logLevel,
    base: { service: instance },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/** What NestJS and its users log (`new Logger('Context').warn('...', error)`), as the service's JSON lines. */
export class ServiceLogger implements LoggerService {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  fatal(...said: readonly unknown[]): void {
    this.write('fatal', said);
  }

  error(...said: readonly unknown[]): void {
    this.write('error', said);
  }

  warn(...said: readonly unknown[]): void {
    this.write('warn', said);
  }

  log(...said: readonly unknown[]): void {
    this.write('info', said);
  }

  debug(...said: readonly unknown[]): void {
    this.write('debug', said);
  }

  verbose(...said: readonly unknown[]): void {
    this.write('trace', said);
  }

  private write(level: Level, said: readonly unknown[]): void {
    const { msg, ...fields } = describe(said);
    this.logger[quiet.has(String(fields['context'])) ? 'debug' : level](fields, msg);
  }
}

/** Sorts out what NestJS passes in a row: a message, then errors, stacks, fields, and last the context. */
export function describe(
  said: readonly unknown[],
): Record<string, unknown> & { readonly msg: string | undefined } {
  const [first, ...rest] = said;
  const context = rest.at(-1);
  const named = typeof context === 'string' && !isStack(context);
  const fields = [first, ...(named ? rest.slice(0, -1) : rest)].map(fieldsOf);
  const msg = fields.flatMap(({ text }) => (text === undefined ? [] : [text])).join(' ') || undefined;
  const { text: _, ...others } = Object.assign({}, ...fields) as Record<string, unknown>;
  return { ...(named && { context }), ...others, msg };
}

function fieldsOf(said: unknown): { readonly text?: string } {
  if (said instanceof Error) return { err: said } as object;
  if (typeof said === 'object' && said !== null) return { ...said };
  if (typeof said === 'string' && isStack(said)) return { stack: said } as object;
  return said === undefined ? {} : { text: String(said) };
}

const isStack = (text: string) => /\n\s+at /.test(text);
