import { createHash } from 'node:crypto';

/** What two failures have in common that have the same cause. */
export interface Failure {
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly handler: string;
}

/** Names what failures have in common: 16 hexadecimal digits, the same for errors that differ only in names and numbers. */
export const fingerprint = ({ errorClass, errorMessage, handler }: Failure) =>
  createHash('sha256')
    .update(JSON.stringify([errorClass, normalised(errorMessage), handler]))
    .digest('hex')
    .slice(0, 16);

/** In this order: what is quoted may hold anything, and a UUID is made of hexadecimal digits. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g, '<text>'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '<uuid>'],
  [/\b0x[\da-f]+\b|\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{8,}\b/gi, '<hex>'],
  [/\d+(?:\.\d+)*/g, '<number>'],
];

/** The message with placeholders for what changes from one failure to the next. */
export const normalised = (message: string) =>
  varying.reduce((text, [pattern, placeholder]) => text.replaceAll(pattern, placeholder), message);
