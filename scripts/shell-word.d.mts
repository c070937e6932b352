export function shellWord(text: string): string;
