import { describe, expect, it } from '@jest/globals';
import { explain } from './explain.ts';
import { readConfig } from './read-config.ts';
import { addresses, duration, port, text, url } from './variables.ts';

const shape = {
  NAME: text('a name'),
  BROKERS: addresses('addresses'),
  WEB: url(/^https?$/, 'an address of the web'),
  PORT: port('a port'),
  EXPIRY: duration('15m'),
};
const good = { NAME: 'x', BROKERS: 'a:1, b:2', WEB: 'http://127.0.0.1/', PORT: '80' };

describe('settings', () => {
  it('are one frozen object of what was asked for', () => {
    const config = readConfig(shape, { ...good, OTHER: 'ignored' });
    expect(config).toEqual({
      NAME: 'x',
      BROKERS: ['a:1', 'b:2'],
      WEB: 'http://127.0.0.1/',
      PORT: 80,
      EXPIRY: 900_000,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each([
    [{ NAME: '' }, 'NAME is not set: give a name'],
    [{ BROKERS: 'localhost' }, 'BROKERS cannot be used: give addresses'],
    [{ BROKERS: 'a:1,' }, 'BROKERS cannot be used: give addresses'],
    [{ WEB: 'ftp://secret@host' }, 'WEB cannot be used: give an address of the web'],
    [{ PORT: '70000' }, 'PORT cannot be used: give a port'],
    [{ PORT: '0x50' }, 'PORT cannot be used: give a port'],
    [{ EXPIRY: 'soon' }, 'EXPIRY cannot be used: give a duration like 500ms, 2s, 15m, 1h or 7d'],
    [{ NAME: undefined, PORT: 'p' }, 'NAME is not set: give a name; PORT cannot be used: give a port'],
  ])('are refused in one line that never shows them: %j', (change, message) => {
    expect(() => readConfig(shape, { ...good, ...change })).toThrow(
      expect.objectContaining({ message, code: 'CONFIG_INVALID' }),
    );
  });
});

describe('an explanation', () => {
  it('is one line, with the causes', () => {
    const cause = new Error('listen EADDRINUSE\n  127.0.0.1:80', { cause: 'odd' });
    expect(explain(new Error('cannot listen', { cause }))).toBe(
      'cannot listen (listen EADDRINUSE 127.0.0.1:80 (odd))',
    );
  });
});
