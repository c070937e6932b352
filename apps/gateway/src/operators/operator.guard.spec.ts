import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { hasToken, OperatorGuard } from './operator.guard.ts';

const request = (authorization?: string) =>
  ({ switchToHttp: () => ({ getRequest: () => ({ headers: { authorization } }) }) }) as ExecutionContext;

describe('the bearer token', () => {
  it.each(['Bearer secret', 'bearer  secret'])('%j is it', (header) => {
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
    expect(() => closed.canActivate(request())).toThrow(/OPERATOR_TOKEN.*OPERATORS=open/);
  });
});
