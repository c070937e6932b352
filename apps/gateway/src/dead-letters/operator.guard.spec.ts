import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { hasToken, OperatorGuard } from './operator.guard.ts';
import { isLoopback } from './operators.config.ts';

const request = (authorization?: string) =>
  ({ switchToHttp: () => ({ getRequest: () => ({ headers: { authorization } }) }) }) as ExecutionContext;

describe('the bearer token', () => {
  it.each(['Bearer secret', 'bearer  secret '])('%j is it', (header) => {
    expect(hasToken(header, 'secret')).toBe(true);
  });

  it.each([
    undefined,
    '',
    'secret',
    'Bearer',
    'Bearer secrets',
    'Bearer secre',
    'Basic secret',
    'Bearer a secret',
  ])('%j is not', (header) => {
    expect(hasToken(header, 'secret')).toBe(false);
  });
});

describe("the operators' routes", () => {
  it('need the token when there is one, open or not', () => {
    for (const open of [true, false]) {
      const guard = new OperatorGuard({ token: 'secret', open });
      expect(guard.canActivate(request('Bearer secret'))).toBe(true);
      expect(() => guard.canActivate(request())).toThrow(expect.objectContaining({ status: 401 }));
    }
  });

  it('are open or closed without one', () => {
    expect(new OperatorGuard({ token: undefined, open: true }).canActivate(request())).toBe(true);
    const closed = new OperatorGuard({ token: undefined, open: false });
    expect(() => closed.canActivate(request('Bearer x'))).toThrow(expect.objectContaining({ status: 403 }));
    expect(() => closed.canActivate(request())).toThrow('OPERATOR_TOKEN');
  });
});

describe('a loopback address', () => {
  it.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com'])(
    'is not %s',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
