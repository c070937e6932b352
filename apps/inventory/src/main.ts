import { boot } from '@atelier/boot';
import { inventoryConfig } from './inventory.config.ts';
import { InventoryModule } from './inventory.module.ts';

process.exit(await boot(InventoryModule, inventoryConfig));
