import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from '../problem/problem.ts';

/** Which methods a path has: what the router does not say of a path that it knows by another method. */
@Injectable()
export class KnownRoutes {
  /** Methods by the URL of a route, such as `/v1/orders/:orderId`. */
  private readonly routes = new Map<string, Set<string>>();

  /** Hears of every route that is declared from now on. */
  listen(app: NestFastifyApplication): void {
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        const methods = this.routes.get(url) ?? new Set();
        this.routes.set(url, methods);
        for (const name of [method].flat()) methods.add(name);
      });
  }

  /**
   * Whether a path is a route itself, without this method. The router may have found another route, with a parameter where the
   * path has a word: nothing is called so.
   */
  lacks(method: string, url: string): boolean {
    const methods = this.routes.get(pathOf(url));
    return methods !== undefined && !methods.has(method);
  }

  /** Why there is nothing to do for a request: its path is unknown, or has not this method. */
  refusal(method: string, url: string): Problem {
    const path = pathOf(url);
    const allowed = this.methodsOf(path);
    if (allowed.length === 0) return new Problem(404, 'not-found', `There is nothing at ${path}`);
    const headers = { Allow: allowed.join(', ') };
    return new Problem(405, 'method-not-allowed', `${path} has no ${method}`, { headers });
  }

  private methodsOf(path: string): string[] {
    const itself = this.routes.get(path);
    const fitting = [...this.routes]
      .filter(([url]) => pattern(url).test(path))
      .flatMap(([, methods]) => [...methods]);
    return [...(itself ?? new Set(fitting))].toSorted();
  }
}

const pathOf = (url: string) => url.split('?', 1)[0] ?? '';

/** `/v1/orders/:orderId` as an expression. */
const pattern = (url: string) =>
  new RegExp(`^${url.replaceAll(/[.*+?()|]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+')}$`);
