import { Injectable } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { type AnyMessageType, ConfigurationError } from '../domain/index.ts';
import { HANDLED_TYPES, HANDLER, type HandlerFacts } from './handlers.ts';

/** A class that was decorated as a handler, and its methods by the name of the message type. */
export interface FoundHandler {
  readonly facts: HandlerFacts;
  readonly name: string;
  readonly types: readonly AnyMessageType[];
  /** Calls the method that handles this type. */
  readonly call: (type: string, ...args: unknown[]) => unknown;
}

/** Finds the policies, projections and effects among the providers and controllers of the application. */
@Injectable()
export class HandlerDiscovery {
  private readonly discovery: DiscoveryService;
  private readonly reflector: Reflector;

  constructor(discovery: DiscoveryService, reflector: Reflector) {
    this.discovery = discovery;
    this.reflector = reflector;
  }

  find(): FoundHandler[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return wrappers.flatMap(({ metatype, instance }) => {
      const facts = metatype && this.reflector.get<HandlerFacts | undefined>(HANDLER, metatype);
      return facts && instance ? [found(facts, instance as Methods)] : [];
    });
  }
}

/** The handler that an object is, outside of an application. Throws when its class was not decorated as one. */
export function handlerIn(instance: object): FoundHandler {
  const facts = Reflect.getMetadata(HANDLER, instance.constructor) as HandlerFacts | undefined;
  if (facts) return found(facts, instance as Methods);
  throw new ConfigurationError(
    'NOT_A_HANDLER',
    `${instance.constructor.name} is no handler: decorate it as Policy, Projection or Effect`,
    { fields: { class: instance.constructor.name } },
  );
}

/** What is made of each of a handler's types, by the type's name. */
export function byType<T>({ types }: FoundHandler, make: (type: string) => T): Map<string, T> {
  return new Map(types.map(({ type }) => [type as string, make(type as string)]));
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

function found(facts: HandlerFacts, instance: Methods): FoundHandler {
  const methods = (Reflect.getMetadata(HANDLED_TYPES, Object.getPrototypeOf(instance)) ?? new Map()) as Map<
    AnyMessageType,
    string
  >;
  const byType = new Map([...methods].map(([type, method]) => [type.type as string, method]));
  return {
    facts,
    name: instance.constructor.name,
    types: [...methods.keys()],
    call: (type, ...args) => instance[byType.get(type) ?? '']?.(...args),
  };
}
