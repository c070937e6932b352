import { createCipheriv } from 'node:crypto';

/** The same bytes each time, which no codec makes fewer. */
export const incompressible = (length: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
