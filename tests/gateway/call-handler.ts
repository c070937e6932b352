import { HANDLED_TYPES, type HandledTypes } from '@atelier/eventing';

/** Calls the method of a policy or a projection that handles this type, if it has one. */
export function call(handler: object, type: string, ...args: unknown[]): unknown {
  const handled = Reflect.getMetadata(HANDLED_TYPES, handler) as HandledTypes;
  for (const [known, method] of handled) {
    if (known.type === type)
      return (handler as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
  }
  return undefined;
}
