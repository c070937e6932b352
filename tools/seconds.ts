/** Milliseconds as a report has them: `12.3 s`. */
export const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
