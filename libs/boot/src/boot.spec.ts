import { describe, expect, it, jest } from '@jest/globals';
import { boot } from './boot.ts';
import { ConfigError } from './read-config.ts';

describe('a service that cannot start', () => {
  it('says why in one line, and leaves it to its program to end (reading settings ended the process)', async () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const forRoot = () => {
      throw new Error('not reached');
    };
    const readConfig = () => {
      throw new ConfigError('HTTP_PORT is not set');
    };
    expect(await boot({ forRoot }, readConfig)).toBe(1);
    expect(write).toHaveBeenCalledWith('Cannot start: HTTP_PORT is not set\n');
    write.mockRestore();
  });
});
