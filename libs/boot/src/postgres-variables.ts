/**
 * Removes PGSSLMODE, PGOPTIONS and the like from this process's environment: Postgres's client takes from there whatever its URL
 * does not say. PGPASSWORD stays: a secret needs no place in a URL. Comes before any client is made.
 */
export function forgetPostgresVariables(): void {
  for (const name of Object.keys(process.env))
    if (/^PG(?!PASSWORD$)[A-Z]/.test(name)) Reflect.deleteProperty(process.env, name);
}
