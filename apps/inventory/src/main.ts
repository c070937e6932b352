import { boot } from '@atelier/boot';
import { InventoryModule } from './inventory.module.ts';

await boot(InventoryModule);
