import { Injectable } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Which methods a path has: what the router does not say of a path that it knows by another method. */
@Injectable()
export class KnownRoutes {
  private readonly routes: { readonly method: string; readonly path: RegExp }[] = [];

  /** Hears of every route that is declared from now on. */
  listen(app: NestFastifyApplication): void {
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const name of [method].flat()) this.routes.push({ method: name, path: pattern(url) });
      });
  }

  methodsOf(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    return [...new Set(methods)].toSorted();
  }
}

/** `/v1/orders/:orderId` as an expression. */
const pattern = (url: string) =>
  new RegExp(`^${url.replaceAll(/[.*+?()|]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+')}$`);
