import { boot } from '@atelier/boot';
import { gatewayConfig } from './gateway.config.ts';
import { GatewayModule } from './gateway.module.ts';
import { configureHttp, httpOptions } from './http/configure.ts';

process.exit(await boot(GatewayModule, gatewayConfig, { http: httpOptions, configure: configureHttp }));
