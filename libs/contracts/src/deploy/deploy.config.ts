/** Where to deploy to. Throws an error that names the variable to set. */
export function deployConfig() {
  const given = (name: string, fallback?: string) => {
    const value = process.env[name] ?? fallback;
    if (!value) throw new Error(`${name} is not set`);
    return value;
  };
  const count = (name: string) => {
    const value = Number(given(name, '1'));
    if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1`);
    return value;
  };
  return Object.freeze({
    brokers: given('KAFKA_BROKERS').split(','),
    registryUrl: given('REGISTRY_URL'),
    newGroups: (process.env['FIRST_POSITION_OF'] ?? '').split(',').filter(Boolean),
    replication: { factor: count('KAFKA_REPLICATION'), minInSync: count('KAFKA_MIN_IN_SYNC') },
  });
}
