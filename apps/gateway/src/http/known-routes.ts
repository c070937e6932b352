import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from '../problem/problem.ts';

/** Which methods a path has: what the router does not say of a path that it knows by another method. */
@Injectable()
export class KnownRoutes {
  private readonly routes: { readonly method: string; readonly url: string; readonly path: RegExp }[] = [];

  /** Hears of every route that is declared from now on. */
  listen(app: NestFastifyApplication): void {
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const name of [method].flat()) this.routes.push({ method: name, url, path: pattern(url) });
      });
  }

  /** Why the router finds nothing for a request: its path is unknown, or has not this method. */
  refusal(method: string, url: string): Problem {
    const path = url.split('?', 1)[0] ?? '';
    const allowed = this.methodsOf(path);
    if (allowed.length === 0) return new Problem(404, 'not-found', `There is nothing at ${path}`);
    const headers = { Allow: allowed.join(', ') };
    return new Problem(405, 'method-not-allowed', `${path} has no ${method}`, { headers });
  }

  /** A path that is a route itself has the methods of that route only: to others it is a parameter that names nothing. */
  private methodsOf(path: string): string[] {
    const itself = this.routes.filter(({ url }) => url === path);
    const routes = itself.length > 0 ? itself : this.routes.filter((route) => route.path.test(path));
    return [...new Set(routes.map(({ method }) => method))].toSorted();
  }
}

/** `/v1/orders/:orderId` as an expression. */
const pattern = (url: string) =>
  new RegExp(`^${url.replaceAll(/[.*+?()|]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+')}$`);
