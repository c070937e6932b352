import { describe, expect, it } from '@jest/globals';
import { operatorsConfig } from './operators.config.ts';

describe("the operators' routes", () => {
  it('are closed unless told otherwise, wherever the gateway listens', () => {
    for (const HTTP_HOST of [undefined, '127.0.0.1', 'localhost', '::1', '0.0.0.0'])
      expect(operatorsConfig({ HTTP_HOST, OPERATORS: '' })).toEqual({ token: undefined, open: false });
  });

  it('are open when somebody says so', () => {
    expect(operatorsConfig({ OPERATORS: 'open' })).toEqual({ token: undefined, open: true });
  });

  it('have a token of their own', () => {
    expect(operatorsConfig({ OPERATOR_TOKEN: 'secret' })).toEqual({ token: 'secret', open: false });
  });
});
