import { boot } from '@atelier/boot';
import { GatewayModule } from './gateway.module.ts';
import { configureHttp, httpOptions } from './http/configure.ts';

await boot(GatewayModule, { http: httpOptions, configure: configureHttp });
