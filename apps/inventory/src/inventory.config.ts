import { serviceConfig, stateConfig } from '@atelier/boot';

export type InventoryConfig = ReturnType<typeof inventoryConfig>;

export const inventoryConfig = (variables: NodeJS.ProcessEnv = process.env) =>
  Object.freeze({ ...serviceConfig(variables), ...stateConfig(variables) });
