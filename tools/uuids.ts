const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;

export const uuidsIn = (text: string): string[] => [...text.matchAll(uuid)].map(([id]) => id);
