/** The number that decimal digits say, like `12` or `0.5`; NaN for whatever else a number can be written as, like `0x10` or `1e3`. */
export const decimal = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN);
