import { afterEach, describe, expect, it } from '@jest/globals';
import { readModelConfig } from './read-model.config.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

describe('where the read model is', () => {
  it('is said by DATABASE_URL alone (PGSSLMODE=require ended every start)', () => {
    const databaseUrl = 'postgres://atelier@127.0.0.1:5432/atelier';
    Object.assign(process.env, { DATABASE_URL: databaseUrl, PGSSLMODE: 'require', PGOPTIONS: '-c x=y' });
    Object.assign(process.env, { PGPASSWORD: 'secret', PAGER: 'less' });
    expect(readModelConfig()).toEqual({ databaseUrl });
    expect(Object.keys(process.env).filter((name) => name.startsWith('PG'))).toEqual(['PGPASSWORD']);
    expect(process.env['PAGER']).toBe('less');
  });
});
